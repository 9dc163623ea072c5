"""Many recordings at once: planned, heard by workers of some kind, kept by content, written to a folder."""
