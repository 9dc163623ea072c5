"""STAR read from sentences: which part each one tells, which parts were heard. Pure; knows English only."""

from __future__ import annotations

from voiceprep.star.reading import read_star

__all__ = ["read_star"]
