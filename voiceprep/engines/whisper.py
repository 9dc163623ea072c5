"""Whisper by faster-whisper: the encoder once a window, the decoder prompted for hesitations. Opens only the model.

Where the prompted reading leaves a hole in the speech, a plain one is made from the same encoder states and both are
joined. Decoding is greedy first, and by a beam where that is unsure; nothing is drawn by chance (temperature 0), so
that the same sound gives the same words. Windows are as long as their speech: CTranslate2 takes short ones.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from voiceprep import hesitation
from voiceprep.engines import Hearing
from voiceprep.engines.ear import Ear
from voiceprep.engines.evidence import asked, strongest
from voiceprep.engines.readings import PROMPT, SURE, Reading, has_hole, joined, split
from voiceprep.engines.verbatim import echoes, is_looping, says_twice, seamed
from voiceprep.engines.windows import halve, pack, sound
from voiceprep.errors import EngineError, InputError
from voiceprep.model import Engine, Heard, Span, Word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from voiceprep.engines import Progress
    from voiceprep.engines.evidence import Ask
    from voiceprep.engines.windows import Window
    from voiceprep.hesitation import Probe
    from voiceprep.model import Audio, Settings

# Very short windows make Whisper loop or stop early; at least so many frames (of 10 ms) are shown to it.
FEWEST_FRAMES = 2000
MOST_FRAMES = 3000
# Nobody says more tokens a second (240 words a minute are six); what goes on after them is a loop.
TOKENS_A_SECOND = 7
SPARE_TOKENS = 12
MOST_HALVINGS = 2
# Nobody answers in Latin; Whisper takes accented and synthetic English for it.
DEAD = "la"
# The answers are in English far more often than in any other language: one must be so many times as likely to be
# believed. Measured: noisy English gave Welsh 0.9 times; German, French, Spanish and Russian were 8 times and more.
OTHER = 4.0
# Below this it was hard to tell, and the report says so.
TOLD = 0.5
DEAF = (
    "No detector of filled pauses was trained for the model {}: they were counted in its text alone, "
    "which leaves some out."
)
_OPENING = "\"'“¿([{-"
_CLOSING = "\"'.。,，!！?？:：”)]}、"  # noqa: RUF001  (the punctuation that Whisper writes in any script)


def open_engine(model: Path, settings: Settings, *, name: str, sha256: str) -> Whisper:
    """Load the folder `model`, known as `name` with the hash `sha256`. Raise `EngineError` if that fails."""
    import faster_whisper  # noqa: PLC0415  (heavy)

    processors = os.cpu_count() or 1
    # Thousands of threads take minutes to start, and more than processors are of no use.
    threads = min(settings.threads or processors, processors)
    try:
        loaded = faster_whisper.WhisperModel(
            str(model), device="auto", compute_type="int8", cpu_threads=threads, local_files_only=True
        )
    except Exception as error:
        raise EngineError(
            f"the model {name!r} cannot be loaded: {_first_line(error)}",
            hint="Its files are damaged or made for another version. Use --model base, or fetch it again.",
        ) from error
    spoken = loaded.supported_languages
    if settings.language not in {"auto", *spoken}:
        known = "English only" if spoken == ["en"] else "no such language"
        raise InputError(
            f"the language {settings.language!r} cannot be heard: the model {name} knows {known}",
            hint="Give the code of another, such as en, de or fr; or auto.",
        )
    stamp = Engine(
        "faster-whisper",
        faster_whisper.__version__,
        name,
        sha256,
        {
            "beam": settings.beam,
            "unsure": SURE,
            "language": settings.language,
            "temperature": 0.0,
            "compute": "int8",
            "prompt": "verbatim-1",
        },
    )
    return Whisper(loaded, settings, stamp, hesitation.load(sha256))


class Whisper:
    """The engine: holds a loaded model; one recording at a time."""

    def __init__(self, model: Any, settings: Settings, stamp: Engine, probe: Probe | None = None) -> None:  # noqa: ANN401
        self._model = model
        self._settings = settings
        self._stamp = stamp
        self._probe = probe

    def listening_with(self, probe: Probe | None) -> Whisper:
        """Return this engine with another detector of filled pauses, or none."""
        return Whisper(self._model, self._settings, self._stamp, probe)

    def transcribe(self, audio: Audio, stretches: Sequence[Span], progress: Progress | None = None) -> Hearing:
        """Return the words of `audio` within `stretches`; see the port."""
        windows = pack(stretches)
        try:
            states = _States(self._model, audio)
            language, probability = self._language(states, windows)
            caveats = _doubt(language, probability) if windows else ()
            scribe = _Scribe(self._model, states, self._settings.beam, language, progress)
            words: list[Word] = []
            ear = Ear(self._probe, audio.duration) if self._probe and language == "en" else None
            if language == "en" and not ear:
                caveats = (*caveats, DEAF.format(self._stamp.model))
            for window in windows:
                if ear:
                    ear.hear(states.of(window).hidden(), window)
                said = scribe.words(window)
                if ear:
                    ear.doubt(said, window, partial(strongest, scribe.asking(window), said))
                words = seamed(words, said)
                scribe.step(window.pieces[-1].span.end)
        except MemoryError as error:
            raise EngineError(
                "there is not enough memory to hear this", hint="Use a smaller model, or close programs."
            ) from error
        except (RuntimeError, ValueError) as error:
            hint = "See what voiceprep doctor says. If all is well there, this is a bug: please report it."
            raise EngineError(f"Whisper failed: {_first_line(error)}", hint=hint) from error
        return Hearing(tuple(words), language, probability, self._stamp, caveats, ear.track() if ear else None)

    def states(self, audio: Audio, stretches: Sequence[Span]) -> Iterator[tuple[Window, npt.NDArray[np.float32], Ask]]:
        """Yield the windows of `audio` with the encoder's states, one each 20 ms, and `asking`: to train on."""
        states = _States(self._model, audio)
        scribe = _Scribe(self._model, states, self._settings.beam, "en", None)
        for window in pack(stretches):
            yield window, states.of(window).hidden(), scribe.asking(window)

    def _language(self, states: _States, windows: Sequence[Window]) -> tuple[str, float]:
        """Return the language that was set, or the one heard in the longest window, with its probability."""
        if not self._model.model.is_multilingual:
            return "en", 1.0
        if self._settings.language != "auto":
            return self._settings.language, 1.0
        if not windows:
            return "en", 0.0
        longest = max(windows, key=lambda window: window.duration)
        heard = self._model.model.detect_language(states.of(longest).encoded)[0]
        return believed({token[2:-2]: float(probability) for token, probability in heard})


def believed(heard: Mapping[str, float]) -> tuple[str, float]:
    """Return the language to believe in after the probabilities `heard`, and its share among the living ones."""
    living = {language: probability for language, probability in heard.items() if language != DEAD}
    language = max(living, key=lambda one: living[one] * (OTHER if one == "en" else 1.0))
    return language, round(living[language] / sum(living.values()), 4)


def _doubt(language: str, probability: float) -> tuple[str, ...]:
    if language != "en" or probability >= TOLD:
        return ()
    what = f"It was hard to tell which language is spoken; it was taken for English ({probability:.0%} sure)."
    return (f"{what} Words may be wrong.",)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


@dataclass(frozen=True, slots=True)
class _State:
    """What the encoder made of a window: its hidden states, and how many frames of 10 ms went in."""

    encoded: Any
    frames: int

    def hidden(self) -> npt.NDArray[np.float32]:
        """Return the states as numbers. Shape: (frames / 2, width of the model)."""
        import numpy as np  # noqa: PLC0415  (heavy)

        there = self.encoded if self.encoded.device == "cpu" else self.encoded.to_device("cpu")
        states: npt.NDArray[np.float32] = np.asarray(there, np.float32)[0]
        return states


class _States:
    """The encoder's states of windows of one recording, each made once: the last one asked for is kept."""

    def __init__(self, model: Any, audio: Audio) -> None:  # noqa: ANN401
        self._model, self._audio = model, audio
        self._kept: dict[Window, _State] = {}

    def of(self, window: Window) -> _State:
        """Return the states of `window`."""
        if window not in self._kept:
            mel = features(self._model, sound(self._audio, window))
            # A window's states are 3 MB: those of an hour need not stay.
            if len(self._kept) > 1:
                self._kept.pop(next(iter(self._kept)))
            self._kept[window] = _State(self._model.encode(mel), mel.shape[-1])
        return self._kept[window]


def features(model: Any, audio: Audio) -> Any:  # noqa: ANN401  (untyped package)
    """Return the log-mel features of `audio`, padded with silence to at least 20 s. Shape: (bands, frames)."""
    import numpy as np  # noqa: PLC0415  (heavy)

    mel = model.feature_extractor(audio.samples, padding=0)
    wanted = max(FEWEST_FRAMES, mel.shape[-1] + mel.shape[-1] % 2)
    mel = np.pad(mel, ((0, 0), (0, wanted - mel.shape[-1])), constant_values=mel.min(initial=0.0))
    return mel[:, :MOST_FRAMES]


class _Scribe:
    """Reads windows in one language. Calls `progress` before each pass of the decoder too, which may break it off."""

    def __init__(self, model: Any, states: _States, beam: int, language: str, progress: Progress | None) -> None:  # noqa: ANN401
        from faster_whisper.tokenizer import Tokenizer  # noqa: PLC0415  (heavy)
        from faster_whisper.transcribe import get_suppressed_tokens  # noqa: PLC0415  (heavy)

        multilingual = model.model.is_multilingual
        self._tokenizer = Tokenizer(model.hf_tokenizer, multilingual, task="transcribe", language=language)
        self._suppressed = list(get_suppressed_tokens(self._tokenizer, [-1]))
        self._model, self._states, self._beam, self._language = model, states, beam, language
        self._progress, self._done = progress, 0.0

    def step(self, done: float | None = None) -> None:
        """Tell how many seconds of sound are done: as many as before, or `done` now."""
        self._done = self._done if done is None else done
        if self._progress:
            self._progress(self._done)

    def words(self, window: Window, halvings: int = 0) -> list[Word]:
        """Return the words of `window`; where the prompted reading goes round in circles, those of its halves.

        That reading counts alone where it covers the speech; else, or where it says
        something twice to the letter, a plain one is made too, and both are joined.
        """
        state = self._states.of(window)
        if self._language != "en":
            # The prompt is English; other languages get the plain reading alone.
            plain = self._read(state.encoded, "", window.duration)
            return [] if plain.empty else self._placed(self._aligned(state, joined(plain, plain)), window)
        verbatim = self._read(state.encoded, PROMPT, window.duration)
        halves = halve(window) if halvings < MOST_HALVINGS else None
        if verbatim.looping and halves:
            return self._halved(halves, halvings)
        doubtful = verbatim.looping or echoes(verbatim.words, PROMPT) or says_twice(verbatim.words)
        if not doubtful:
            aligned = self._aligned(state, verbatim.words)
            if aligned and not verbatim.empty and not has_hole(aligned, window.duration):
                return self._placed(aligned, window)
        plain = self._read(state.encoded, "", window.duration)
        if plain.empty:
            return []
        # The prompted reading is doubtful or has a hole, and the plain one is of no help.
        if plain.looping and halves:
            return self._halved(halves, halvings)
        return self._placed(self._aligned(state, joined(plain, verbatim)), window)

    def asking(self, window: Window) -> Ask:
        """Return what says how likely, as a logarithm, a hesitation is written in `window` after words."""
        return lambda before: asked(self._model, self._tokenizer, self._states.of(window), PROMPT, before)

    def _halved(self, halves: tuple[Window, Window], halvings: int) -> list[Word]:
        return [word for half in halves for word in self.words(half, halvings + 1)]

    def _read(self, encoded: Any, prompt: str, duration: float) -> Reading:  # noqa: ANN401
        """Decode a window of `duration` seconds after `prompt`: greedily, and by a beam where that does not stand."""
        greedy = self._decode(encoded, prompt, duration, 1)
        return greedy if self._beam == 1 or greedy.stands else self._decode(encoded, prompt, duration, self._beam)

    def _decode(self, encoded: Any, prompt: str, duration: float, beam: int) -> Reading:  # noqa: ANN401
        """Decode a window of `duration` seconds, without time stamps, after `prompt`, by a beam so wide."""
        self.step()
        tokenizer = self._tokenizer
        start = [tokenizer.sot_prev, *tokenizer.encode(" " + prompt)] if prompt else []
        start += [*tokenizer.sot_sequence, tokenizer.no_timestamps]
        room = min(SPARE_TOKENS + round(TOKENS_A_SECOND * duration), self._model.max_length // 2)
        # CTranslate2 writes half of this at most, and no more than the prompt leaves of it.
        longest = max(2 * room, len(start) + room)
        result = self._model.model.generate(
            encoded,
            [start],
            beam_size=beam,
            max_length=longest,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=self._suppressed,
        )[0]
        tokens = [token for token in result.sequences_ids[0] if token < tokenizer.eot]
        words = split(tokenizer.decode(tokens))
        length = len(result.sequences_ids[0])
        score = result.scores[0] * length / (length + 1)
        endless = length >= min(longest // 2, longest - len(start)) or is_looping(words)
        return Reading(words, score, result.no_speech_prob, endless)

    def _aligned(self, state: _State, words: Sequence[str]) -> list[dict[str, Any]]:
        """Align `words` with the sound; their probability is that of the text without any prompt."""
        from faster_whisper.transcribe import merge_punctuations  # noqa: PLC0415  (heavy)

        tokens = self._tokenizer.encode(" " + " ".join(words)) if words else []
        if not tokens:
            return []
        self.step()
        aligned = self._model.find_alignment(self._tokenizer, [tokens], state.encoded, state.frames)[0]
        merge_punctuations(aligned, _OPENING, _CLOSING)
        return _whole([item for item in aligned if item["word"].strip()])

    @staticmethod
    def _placed(aligned: Sequence[dict[str, Any]], window: Window) -> list[Word]:
        return [_word(item, window) for item in aligned]


def _whole(items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return aligned `items` with the second half of a word ("-female", "'année") joined to its first."""
    out: list[dict[str, Any]] = []
    for item in items:
        if out and item["word"].startswith(("-", "'", "’")) and len(item["word"]) > 1:  # noqa: RUF001  (French has it)
            probability = min(out[-1]["probability"], item["probability"])
            out[-1] = {
                **out[-1],
                "word": out[-1]["word"] + item["word"],
                "end": item["end"],
                "probability": probability,
            }
        else:
            out.append(item)
    return out


def _word(item: dict[str, Any], window: Window) -> Word:
    start = window.recording_time(float(item["start"]))
    end = max(start, window.recording_time(float(item["end"])))
    probability = round(float(item["probability"]), 4)
    return Word(item["word"].strip(), Span(round(start, 3), round(end, 3)), probability, heard=Heard.TEXT)
