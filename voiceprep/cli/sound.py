"""The sound and the analysis of practice as they really are, behind what the desk asks for. Decides nothing."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from voiceprep.errors import VoiceprepError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from voiceprep.cli.desk import Analyst
    from voiceprep.cli.talk import Talk
    from voiceprep.engines import Recogniser
    from voiceprep.ground import Known
    from voiceprep.live import Live
    from voiceprep.model import Assessment, Audio, Settings
    from voiceprep.ports import Block, Capture, Device, OnBlock, Port, Recorder
    from voiceprep.practice import Take
    from voiceprep.scoring import OwnVoice


def port() -> Port:
    """Return the sound of this machine."""
    return _Port()


def compress(path: Path, target: Path) -> None:
    """Write the recording at `path` to `target` as FLAC; see `recorder.compress`."""
    from voiceprep import recorder  # noqa: PLC0415  (not needed for --help)

    recorder.compress(path, target)


def how_to_get_a_voice() -> str:
    """Return what to do so that questions are read aloud."""
    from voiceprep import speak  # noqa: PLC0415  (not needed for --help)

    return speak.how_to_get_one()


def analyst(settings: Settings, talk: Talk, *, counted: bool, own: Callable[[str], OwnVoice | None]) -> Analyst:
    """Return what makes reports; the model is found now and loaded beside what else goes on.

    `counted` tells how many words were heard while somebody speaks; `own` is as in `pipeline.analyze`. Raise
    `EngineError` where there is no model.
    """
    from pathlib import Path  # noqa: PLC0415  (not needed for --help)

    from voiceprep import config, models  # noqa: PLC0415  (same)

    with talk.about(Path(settings.model), 1, 1) as progress:

        def told(_label: str, done: int, whole: int) -> None:
            progress("model", done, whole)

        models.find(settings.model, config.cache_dir(), offline=settings.offline, progress=told, notice=talk.say)
    return LiveAnalyst(settings, counted=counted, own=own)


class _Port:
    """PortAudio, and the voices that are installed."""

    def inputs(self) -> tuple[Device, ...]:
        from voiceprep import devices  # noqa: PLC0415  (not needed for --help)

        return devices.inputs()

    def outputs(self) -> tuple[Device, ...]:
        from voiceprep import devices  # noqa: PLC0415  (not needed for --help)

        return devices.outputs()

    def play(self, audio: Audio, device: str | None, stop: threading.Event | None = None) -> float:
        from voiceprep import devices  # noqa: PLC0415  (not needed for --help)

        return devices.play(audio, device, stop)

    def record(self, path: Path, device: str | None, *, on_block: OnBlock) -> Recorder:
        from voiceprep import recorder  # noqa: PLC0415  (not needed for --help)

        return recorder.Recorder(path, device, on_block=on_block)

    def recover(self, path: Path) -> Capture:
        from voiceprep import recorder  # noqa: PLC0415  (not needed for --help)

        return recorder.recover(path)

    def spoken(self, text: str, cache: Path) -> Audio | None:
        from voiceprep import speak  # noqa: PLC0415  (not needed for --help)

        return speak.spoken(text, cache)


class LiveAnalyst:
    """Analyses an answer while it is spoken, and the rest of it afterwards."""

    def __init__(self, settings: Settings, *, counted: bool, own: Callable[[str], OwnVoice | None]) -> None:
        self._settings = settings
        self._own = own
        self._counted = counted
        self._engine: Recogniser | None = None
        self._trouble: VoiceprepError | None = None
        self._lock = threading.Lock()
        self._early: list[Block] = []
        self._live: Live | None = None
        self._finished: Recogniser | None = None
        self._known: Known | None = None
        self._listening = False
        self._loading = threading.Thread(target=self._load, daemon=True)
        self._loading.start()

    def begin(self) -> None:
        """Get ready for an answer. Raise what loading the model raised."""
        if self._trouble is not None:
            raise self._trouble
        with self._lock:
            self._early, self._live, self._listening = [], None, True
            self._finished = self._known = None

    def feed(self, block: Block) -> None:
        """Take a block of the answer; while the model is loaded it waits."""
        with self._lock:
            if not self._listening:
                return
            self._early.append(block)
            if self._engine is None:
                return
            if self._live is None:
                from voiceprep.live import Live  # noqa: PLC0415  (not needed for --help)
                from voiceprep.pipeline import read_ahead  # noqa: PLC0415  (heavy)

                self._live = Live(self._engine, read_ahead)
            early, self._early = self._early, []
            for one in early:
                self._live.feed(one)

    def over(self) -> None:
        """Hear what is left of the answer, for it is over."""
        with self._lock:
            self._listening = False
            if self._live is not None:
                self._finished = self._live.finish()
                self._known = self._live.known()

    def close(self) -> None:
        """Hear nothing any more: a recogniser that is torn down at work takes the program with it."""
        with self._lock:
            self._listening = False
        if self._live is not None:
            self._live.abandon()
        self._loading.join()

    def words(self) -> int | None:
        """Return how many words were heard so far, or None."""
        live = self._live
        return None if not self._counted or live is None else live.words()

    def assess(self, path: Path, take: Take, progress: Callable[[str, float, float], None]) -> Assessment:
        """Return the report on the answer at `path`: what was heard while it was spoken is not heard again."""
        from voiceprep import pipeline  # noqa: PLC0415  (heavy)

        finished, known, self._finished, self._known = self._finished, self._known, None, None
        self._loading.join()
        if self._trouble is not None:
            raise self._trouble
        return pipeline.analyze(
            path,
            take.question,
            self._settings,
            at=take.at,
            question_end=take.question_end,
            sound_in_page=False,
            engine=finished or self._engine,
            known=known,
            own=self._own,
            progress=progress,
        )

    def sound(self, path: Path) -> Audio:
        """Return the sound of the answer at `path`."""
        from voiceprep import audio, voice  # noqa: PLC0415  (heavy)

        return audio.decode(path, voice.RATE).audio

    def page(self, assessment: Assessment, path: Path, target: Path) -> None:
        """Write the page about the answer at `path` to `target`, for the user alone: it carries the sound."""
        from voiceprep.cli.folder import write_page  # noqa: PLC0415  (not needed for --help)

        write_page(assessment, path, target)

    def _load(self) -> None:
        from voiceprep import pipeline  # noqa: PLC0415  (heavy)

        try:
            self._engine = pipeline.open_engine(self._settings)
            pipeline.get_ready()
        except VoiceprepError as error:
            self._trouble = error
