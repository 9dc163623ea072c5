"""`python -m voiceprep` is `voiceprep`."""

from voiceprep.cli import main

main()
