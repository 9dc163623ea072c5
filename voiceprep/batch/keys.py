"""What a result depends on, as one text each: sound and how it is heard; question; bands and versions. Pure."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from voiceprep import __version__, hearing, tables
from voiceprep.codec import to_data
from voiceprep.tables import METRICS

if TYPE_CHECKING:
    from voiceprep.batch.work import How, Job


def heard(sha256: str, how: How) -> str:
    """Return the key of the transcript of a sound: its hash, the engine and model, what alters words and pauses."""
    settings = how.settings
    matters = [getattr(settings, name) for name in ("language", "beam", "pause_threshold", "fillers", "not_fillers")]
    return _digest(hearing.HEARING, sha256, how.engine, _library(), how.model_name, how.model_sha256, matters)


def answer(heard_key: str, job: Job) -> str:
    """Return the key of the measurements of a transcript as the answer to the question of `job`."""
    return _digest(heard_key, to_data(job.question), job.question_end)


def judging(how: How) -> str:
    """Return the key of how all answers of a run are judged and shown: bands and versions."""
    return _digest(to_data(how.settings.bands), metrics(), __version__, how.at, how.anonymous)


def row(answer_key: str, job: Job, judging_key: str) -> str:
    """Return the key of the judged answer: all that reports and tables show of it."""
    return _digest(answer_key, job.name, judging_key)


def report(row_key: str, form: str, how: How) -> str:
    """Return the key of a report in the format `form`."""
    return _digest(row_key, form, how.sound)


def metrics() -> dict[str, int]:
    """Return the version of each metric."""
    return {name: tables.load(METRICS, name).version for name in METRICS}


@cache
def _library() -> str:
    return version("faster-whisper")


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
