"""How fast this machine hears, as earlier batches found: one small file in the cache. Losing it loses an estimate."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from typing import TYPE_CHECKING

from voiceprep import config, files
from voiceprep.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from voiceprep.batch.work import How


def known(how: How) -> float | None:
    """Return the seconds of work for a second of sound in one worker that hears as `how` says, or None."""
    speed = _read().get(_key(how))
    return float(speed) if isinstance(speed, int | float) and math.isfinite(speed) and speed > 0 else None


def keep(how: How, speed: float) -> None:
    """Remember the `speed` of a worker that hears as `how` says; where that cannot be written nothing is lost."""
    text = json.dumps(_read() | {_key(how): round(speed, 4)}, indent=1, sort_keys=True)
    with suppress(InputError, OSError):
        _path().parent.mkdir(parents=True, exist_ok=True)
        files.write_text(_path(), text + "\n", durable=False)


def _path() -> Path:
    return config.cache_dir() / "speed.json"


def _key(how: How) -> str:
    settings = how.settings
    return f"{how.engine} {how.model_sha256[:16]} beam {settings.beam} threads {settings.threads}"


def _read() -> dict[str, object]:
    try:
        read = json.loads(_path().read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}
