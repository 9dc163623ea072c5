"""Hearing while it is spoken: what is left at the end, and that it is the hearing of the whole."""

from __future__ import annotations

import itertools
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from voiceprep import live, pipeline, pitch, recorder, spectrum, voice
from voiceprep.audio import decode
from voiceprep.cli.samples import sample
from voiceprep.engines import Hearing
from voiceprep.engines.windows import pack
from voiceprep.errors import EngineError
from voiceprep.model import Audio, Settings, Span, Word
from voiceprep.testing import ENGINE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voiceprep.engines import Progress


class Clerk:
    """An engine that writes down where a voice is: a word for each whole second of it, called by its time."""

    def __init__(self) -> None:
        self.asked: list[tuple[Span, ...]] = []
        self.free = threading.Event()
        self.free.set()
        self.trouble: Exception | None = None
        self.language = "en"

    def transcribe(self, audio: Audio, stretches: Sequence[Span], progress: Progress | None = None) -> Hearing:
        assert all(span.end <= audio.duration + 1e-6 for span in stretches)
        self.asked.append(tuple(stretches))
        self.free.wait(10)
        if self.trouble:
            raise self.trouble
        if progress:
            progress(0.0)
        words = tuple(
            Word(str(second), Span(second + 0.1, second + 0.9))
            for span in stretches
            for second in range(int(span.start), int(span.end) + 1)
            if span.start <= second + 0.5 < span.end
        )
        return Hearing(words, self.language, 0.9, ENGINE, (f"{len(pack(stretches))} windows",))


class Slow(Clerk):
    """An engine that takes a second for a whole window."""

    def transcribe(self, audio: Audio, stretches: Sequence[Span], progress: Progress | None = None) -> Hearing:
        tick = threading.Event()
        for _ in range(1000 if progress and live.packed(stretches) > 20 else 0):
            progress(0.0)
            tick.wait(0.001)
        return super().transcribe(audio, stretches)


@pytest.fixture(scope="module")
def answer() -> Audio:
    """Seventy seconds of speech with pauses, ending in one."""
    spoken = np.concatenate([decode(sample("rambling.mp3")).audio.samples[: 60 * 16000], np.zeros(16000, np.float32)])
    return Audio(np.concatenate([spoken, spoken[: 12 * 16000], np.zeros(8000, np.float32)]), 16000)


def fed(one: live.Live, audio: Audio, tick: float = 0.5) -> None:
    """Speak `audio` as fast as it is heard."""
    size = round(tick * audio.rate)
    for start in range(0, len(audio.samples), size):
        one.feed(audio.samples[start : start + size])
        pause = threading.Event()
        while len(one._ground.voice) < (start + size) // voice.SIZE - 20 and one._thread.is_alive():
            pause.wait(0.002)


def stretches(audio: Audio) -> tuple[Span, ...]:
    return voice.stretches(voice.probabilities(audio), audio.duration)


def test_what_was_heard_on_the_way_is_what_is_heard_in_the_whole(answer: Audio) -> None:
    clerk, whole = Clerk(), Clerk()
    one = live.Live(clerk)
    fed(one, answer)
    engine = one.finish()
    heard = engine.transcribe(answer, stretches(answer))
    assert [word.text for word in heard.words] == [
        word.text for word in whole.transcribe(answer, stretches(answer)).words
    ]
    assert heard.language == "en"
    assert one.words() == len(heard.words)


def test_what_was_said_so_far_is_told_ahead_until_the_end(answer: Audio) -> None:
    told: list[list[str]] = []
    one = live.Live(Clerk(), lambda words: told.append([word.text for word in words]))
    fed(one, answer)
    engine = one.finish()
    so_far = len(told)
    heard = [word.text for word in engine.transcribe(answer, stretches(answer)).words]
    assert so_far
    assert len(told) <= so_far + 1
    assert all(words == heard[: len(words)] for words in told)
    assert max(map(len, told)) > len(heard) / 2


def test_what_fails_ahead_does_not_end_the_hearing(answer: Audio) -> None:
    asked: list[int] = []

    def ahead(words: Sequence[Word]) -> None:
        asked.append(len(words))
        raise RuntimeError("out of memory")

    clerk = Clerk()
    one = live.Live(clerk, ahead)
    fed(one, answer)
    before = len(clerk.asked)
    one.finish().transcribe(answer, stretches(answer))
    assert len(asked) == 1
    assert sum(live.packed(part) for part in clerk.asked[before:]) < live.PIECE + 10


def test_windows_are_those_of_the_whole_but_for_the_last(answer: Audio) -> None:
    clerk = Clerk()
    one = live.Live(clerk)
    fed(one, answer)
    one.finish().transcribe(answer, stretches(answer))
    windows = [tuple(piece.span for piece in window.pieces) for window in pack(stretches(answer))]
    read = [asked for asked in clerk.asked if asked in windows]
    assert len(windows) > 2
    assert read[: len(windows) - 1] == windows[:-1]


def test_a_machine_too_slow_for_windows_reads_pieces_and_loses_no_word(
    answer: Audio, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = itertools.count(step=30.0)
    # By this clock each piece takes half a minute, so a window would take longer than anybody waits.
    monkeypatch.setattr(live, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    clerk, whole = Clerk(), Clerk()
    one = live.Live(clerk)
    fed(one, answer)
    heard = one.finish().transcribe(answer, stretches(answer))
    windows = [tuple(piece.span for piece in window.pieces) for window in pack(stretches(answer))]
    assert not [asked for asked in clerk.asked if asked in windows[:-1]]
    assert [word.text for word in heard.words] == [
        word.text for word in whole.transcribe(answer, stretches(answer)).words
    ]


def test_a_piece_costs_more_than_its_length_says(answer: Audio, monkeypatch: pytest.MonkeyPatch) -> None:
    # A piece of five seconds in 1.5 s: four fifths of that are for the silence that it is shown with.
    ticks = itertools.count(step=1.5)
    monkeypatch.setattr(live, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    clerk = Clerk()
    one = live.Live(clerk)
    fed(one, answer)
    one.finish().transcribe(answer, stretches(answer))
    windows = [tuple(piece.span for piece in window.pieces) for window in pack(stretches(answer))]
    assert [asked for asked in clerk.asked if asked in windows][: len(windows) - 1] == windows[:-1]


def test_after_the_end_only_a_stretch_is_read(answer: Audio) -> None:
    clerk = Clerk()
    one = live.Live(clerk)
    fed(one, answer)
    before = len(clerk.asked)
    engine = one.finish()
    engine.transcribe(answer, stretches(answer))
    after = clerk.asked[before:]
    assert len(after) <= 2
    assert sum(live.packed(asked) for asked in after) < live.PIECE + 10


def test_windows_that_take_too_long_are_known_from_their_pieces(answer: Audio) -> None:
    clerk, tick = Slow(), threading.Event()
    one = live.Live(clerk)
    for start in range(0, len(answer.samples), 8000):
        one.feed(answer.samples[start : start + 8000])
        tick.wait(0.01)
    heard = one.finish().transcribe(answer, stretches(answer))
    whole = Clerk().transcribe(answer, stretches(answer))
    assert [word.text for word in heard.words] == [word.text for word in whole.words]
    assert len(clerk.asked) > 2


def test_feeding_never_waits_for_what_is_read(answer: Audio) -> None:
    clerk = Clerk()
    clerk.free.clear()
    one = live.Live(clerk)
    for start in range(0, len(answer.samples), 1600):
        one.feed(answer.samples[start : start + 1600])
    clerk.free.set()
    heard = one.finish().transcribe(answer, stretches(answer))
    whole = Clerk().transcribe(answer, stretches(answer))
    assert [word.text for word in heard.words] == [word.text for word in whole.words]


def test_where_hearing_fails_on_the_way_the_engine_is_asked_again(answer: Audio) -> None:
    clerk = Clerk()
    clerk.trouble = EngineError("no memory")
    one = live.Live(clerk)
    for start in range(0, len(answer.samples), 1600):
        one.feed(answer.samples[start : start + 1600])
    engine = one.finish()
    with pytest.raises(EngineError, match="no memory"):
        engine.transcribe(answer, stretches(answer))
    clerk.trouble = None
    assert engine.transcribe(answer, stretches(answer)).words
    assert clerk.asked[-1] == stretches(answer)


def test_another_recording_is_heard_whole(answer: Audio) -> None:
    clerk = Clerk()
    engine = live.Live(clerk).finish()
    engine.transcribe(answer, stretches(answer))
    assert clerk.asked == [stretches(answer)]


@pytest.mark.parametrize("seconds", [0.0, 0.05, 3.0])
def test_silence_has_no_words(seconds: float) -> None:
    audio = Audio(np.zeros(round(seconds * 16000), np.float32), 16000)
    one = live.Live(Clerk())
    one.feed(audio.samples)
    assert one.finish().transcribe(audio, ()).words == ()
    assert one.words() == 0


def test_what_is_taken_for_two_languages_is_read_again_as_one(answer: Audio) -> None:
    clerk = Clerk()
    one = live.Live(clerk)
    fed(one, Audio(answer.samples[: 40 * 16000], 16000))
    clerk.language = "cy"
    fed(one, Audio(answer.samples[40 * 16000 :], 16000))
    assert one.finish().transcribe(answer, stretches(answer)).language == "cy"
    assert clerk.asked[-1] == stretches(answer)


def test_what_is_known_of_the_sound_is_what_is_found_in_the_whole(answer: Audio) -> None:
    one = live.Live(Clerk())
    fed(one, answer)
    one.finish().transcribe(answer, stretches(answer))
    known = one.known()
    whole = spectrum.frames(answer)
    count = len(known.frames.power)
    assert count > 0.95 * len(whole.power)
    assert np.array_equal(known.frames.power, whole.power[:count])
    assert np.array_equal(known.frames.periodicity, whole.periodicity[:count])
    periods = pitch.periods(answer)
    count = len(known.periods.pitch)
    assert count > 0.95 * len(periods.pitch)
    assert known.periods.pitch == pytest.approx(periods.pitch[:count], rel=1e-4)
    assert known.periods.clarity == pytest.approx(periods.clarity[:count], abs=1e-4)
    assert known.voice == pytest.approx(voice.probabilities(answer), abs=1e-4)


def test_the_report_is_that_of_the_recording(answer: Audio, tmp_path: Path) -> None:
    samples = np.rint(answer.samples * 32767).astype("<i2")
    path = tmp_path / "take.wav"
    path.write_bytes(recorder.header(16000, 1, samples.nbytes) + samples.tobytes())
    one = live.Live(Clerk())
    fed(one, Audio((samples / np.float32(32768)).astype(np.float32), 16000))
    there = pipeline.analyze(path, settings=Settings(), engine=one.finish(), known=one.known(), sound_in_page=False)
    whole = pipeline.analyze(path, settings=Settings(), engine=Clerk(), sound_in_page=False)
    assert [word.text for word in there.transcript.words] == [word.text for word in whole.transcript.words]
    assert there.transcript.speech == whole.transcript.speech
    assert there.transcript.pauses == whole.transcript.pauses
    assert there.transcript.voice == whole.transcript.voice
    assert there.transcript.nuclei == whole.transcript.nuclei


def test_what_is_known_of_another_sound_is_not_believed(answer: Audio, tmp_path: Path) -> None:
    samples = np.rint(answer.samples * 32767).astype("<i2")
    path = tmp_path / "take.wav"
    path.write_bytes(recorder.header(16000, 1, samples.nbytes) + samples.tobytes())
    one = live.Live(Clerk())
    fed(one, Audio(answer.samples[::-1].copy(), 16000))
    one.finish()
    there = pipeline.analyze(path, settings=Settings(), engine=Clerk(), known=one.known(), sound_in_page=False)
    whole = pipeline.analyze(path, settings=Settings(), engine=Clerk(), sound_in_page=False)
    assert there.transcript == whole.transcript


def test_parts_of_stretches_by_hand() -> None:
    spans = (Span(0, 2), Span(3, 5), Span(6, 8))
    assert live.after(spans, 4) == (Span(4, 5), Span(6, 8))
    assert live.after(spans, 4.95) == (Span(6, 8),)
    assert live.same(spans, (Span(0.1, 2), Span(3, 5.1), Span(6, 8)))
    assert not live.same(spans, spans[:2])


def test_what_nobody_wants_to_know_is_broken_off(answer: Audio) -> None:
    class Endless:
        """An engine that reads until it is told to leave off."""

        reading = threading.Event()

        def transcribe(self, _audio: Audio, _stretches: Sequence[Span], progress: Progress | None = None) -> Hearing:
            assert progress is not None
            self.reading.set()
            while True:
                progress(0.0)

    engine = Endless()
    one = live.Live(engine)
    one.feed(answer.samples[: 20 * 16000])
    assert engine.reading.wait(30)
    one.abandon()
    assert not one._thread.is_alive()
