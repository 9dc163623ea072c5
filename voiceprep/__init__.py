"""Practise interview answers out loud: heard, measured and judged on your own machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["__version__", "analyze", "hear", "read_star", "render"]

if TYPE_CHECKING:
    from voiceprep.pipeline import analyze, hear, read_star, render

# onnxruntime (from 1.29 on), which runs the voice detector, reports each use to its maker unless this is set first.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

_HOMES = {"analyze": "pipeline", "hear": "pipeline", "render": "pipeline", "read_star": "pipeline"}


def __getattr__(name: str) -> Any:  # noqa: ANN401  (whatever the package exports)
    """Import `name` on first use, so that `import voiceprep` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415  (only paid for when something is used)

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
