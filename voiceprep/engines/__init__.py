"""Speech-to-text engines: each turns sound into a transcript and maps foreign errors to ours."""
