"""What this machine has, what that means for workers and threads, and how long recordings are. Reads only."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from voiceprep import container
from voiceprep.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

# What a worker holds besides twice its model (measured with the base model of 145 MB: 0.6 GB in all), in bytes.
BASE = 450_000_000
# Seconds of work for a second of sound in one worker of one thread, where none is known yet: 24 s of an AMD EPYC for
# 116 s of two samples, with the base model and a beam of 5. Half or twice of it is no surprise.
SPEED = 0.2
# A recording that took so many times longer than most says what it cost to open the model, or that the machine slept.
ODD = 3.0
FEW = 3
# With less free memory than this, in bytes, no more recordings are begun than are in work.
SCARCE = 400_000_000
_GROUP = Path("/sys/fs/cgroup")


@dataclass(frozen=True, slots=True)
class Crew:
    """So many `workers` with so many `threads` each, and in words why."""

    workers: int
    threads: int
    why: str

    def __str__(self) -> str:
        workers = "one worker" if self.workers == 1 else f"{self.workers} workers"
        threads = "one thread" if self.threads == 1 else f"{self.threads} threads"
        return f"{workers} of {threads}{' each' if self.workers > 1 else ''} ({self.why})"


def crew(workers: int, threads: int, model_bytes: int, *, graphics: int = 0) -> Crew:
    """Return `workers` and `threads` where they are given (not 0), else what fits the cores and the memory.

    Whisper's decoder gains little from a second thread, so that there are as many workers as cores, each of one
    thread, as long as the memory suffices. With `graphics` cards one worker feeds them.
    """
    cores, memory = cores_here(), memory_here()
    need = BASE + 2 * model_bytes
    fitting = max(1, memory // need) if memory else cores
    chosen = workers or (1 if graphics else min(cores, fitting))
    each = threads or max(1, cores // chosen)
    has = "one core" if cores == 1 else f"{cores} cores"
    if workers:
        why = "as asked for"
    elif graphics:
        why = "a graphics card does the work"
    elif fitting < cores:
        why = f"{has}, and free memory for {fitting} ({memory / 1e9:.1f} GB, {need / 1e9:.1f} GB each)"
    else:
        why = has
    return Crew(chosen, each, why)


def speed_of(heard: Sequence[tuple[float, float]]) -> float | None:
    """Return the seconds of work for a second of sound, by the seconds of sound and of work of recordings `heard`.

    Those that took far longer than most are left out. None where there are too few to go by.
    """
    rates = [seconds / sound for sound, seconds in heard if sound > 0]
    if len(rates) < FEW:
        return None
    most = ODD * median(rates)
    usual = [(sound, seconds) for sound, seconds in heard if sound > 0 and seconds / sound <= most]
    return sum(seconds for _, seconds in usual) / sum(sound for sound, _ in usual)


def cores_here() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def memory_here() -> int:
    """Return the memory that is free, in bytes, as far as the system and a container's limit tell; 0: not known."""
    known = [value for value in (_available(), _limit()) if value]
    return min(known) if known else 0


def _available() -> int:
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):
        pass
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (AttributeError, OSError, ValueError):
        return 0


def _limit() -> int:
    """Return what the control group leaves: a container's memory is less than the machine's.

    Files that the system holds in memory count as used there, but make room when it is needed.
    """
    try:
        most, used = ((_GROUP / name).read_text("ascii").strip() for name in ("memory.max", "memory.current"))
        if most == "max":
            return 0
        counts = dict(line.split() for line in (_GROUP / "memory.stat").read_text("ascii").splitlines())
        return max(1, int(most) - int(used) + int(counts.get("inactive_file", 0)))
    except (OSError, ValueError):
        return 0


def graphics_here() -> int:
    """Return how many graphics cards CTranslate2 can use."""
    import ctranslate2  # noqa: PLC0415  (heavy)

    return int(ctranslate2.get_cuda_device_count())


def length_of(path: Path) -> float | None:
    """Return the length of the recording `path` by its header, in seconds, or None where that does not tell it."""
    try:
        with container.open_file(path) as file, container.open_container(file) as opened:
            if not opened.streams.audio:
                return None
            stream = opened.streams.audio[0]
            if opened.duration:
                return opened.duration / 1_000_000
            return float(stream.duration * stream.time_base) if stream.duration and stream.time_base else None
    except InputError:
        return None
