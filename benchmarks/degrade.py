"""Ways in which a recording gets worse: noise, a room, a telephone, a codec, the level, the speed.

Pure functions of samples and a random generator, `(samples, rng, ...) -> samples`: float32, mono, at 16 kHz, as long as
they came in (only `speed` changes the length) and not moved in time, so that labels stay right. The same generator
gives the same sound; nothing here opens a file, and the samples that come in are never written to.
"""

from __future__ import annotations

import io
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]
    Moments = npt.NDArray[np.float64]
    Degradation = Callable[[Floats, np.random.Generator], Floats]

RATE = 16000
FRAME = RATE // 50
# Frames this far below the loud ones are silence between words, and say nothing about how loud the speech is.
SILENCE = 25.0
SAID = 95
# Telephone: ITU-T G.712 has 300 to 3400 Hz; G.711 has the mu of its companding.
BAND = (300.0, 3400.0)
MU = 255.0
VOICES = 4
# The first reflection in a small room has 1 m further to go.
FIRST_REFLECTION = 0.003
OPUS_RATE = 48000


def active_level(samples: Floats) -> float:
    """Return the root mean square of the loud frames of `samples` (those with speech), 0 for silence."""
    frames = len(samples) // FRAME
    if not frames:
        return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0
    power = np.mean(np.square(samples[: frames * FRAME].reshape(frames, FRAME), dtype=np.float64), axis=1)
    loud = power[power >= np.percentile(power, SAID) / 10 ** (SILENCE / 10)]
    return float(np.sqrt(np.mean(loud)))


def white(samples: Floats, rng: np.random.Generator, snr: float) -> Floats:
    """Add white noise, `snr` dB below the speech."""
    return mixed(samples, rng.standard_normal(len(samples)), snr)


def pink(samples: Floats, rng: np.random.Generator, snr: float) -> Floats:
    """Add pink noise (its power falls as 1/f from 20 Hz on), `snr` dB below the speech."""
    if not len(samples):
        return samples.copy()
    spectrum = np.fft.rfft(rng.standard_normal(len(samples)))
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE)
    return mixed(samples, np.fft.irfft(spectrum / np.sqrt(np.maximum(hertz, 20.0)), len(samples)), snr)


def babble(samples: Floats, rng: np.random.Generator, snr: float, voices: Sequence[Floats]) -> Floats:
    """Add up to four of `voices` (recordings of other people) talking at once, together `snr` dB below the speech."""
    chosen = [voices[index] for index in rng.permutation(len(voices))[:VOICES] if active_level(voices[index]) > 0]
    if not chosen:
        raise ValueError("babble needs the sound of at least one other voice")
    noise = np.zeros(len(samples))
    for voice in chosen:
        start = int(rng.integers(len(voice)))
        noise += np.resize(np.roll(voice, -start), len(samples)) / active_level(voice)
    return mixed(samples, noise, snr)


def mixed(samples: Floats, noise: Moments, snr: float) -> Floats:
    """Return `samples` with `noise` so loud that the speech is `snr` dB above it; what is too loud is clipped."""
    power = float(np.sqrt(np.mean(np.square(noise)))) if len(noise) else 0.0
    if power == 0.0:
        return samples.copy()
    return _clipped(samples + noise * (active_level(samples) / power / 10 ** (snr / 20)))


def room(samples: Floats, rng: np.random.Generator, rt60: float = 0.5, direct: float = 0.0) -> Floats:
    """Say `samples` in a room whose echo falls by 60 dB in `rt60` seconds.

    The impulse response is the direct sound and white noise that decays exponentially (Polack's model), `direct` dB
    below it in energy. The loudness stays as it was.
    """
    from scipy.signal import fftconvolve  # noqa: PLC0415  (heavy)

    time = np.arange(round(rt60 * RATE)) / RATE
    echo = rng.standard_normal(len(time)) * 10 ** (-3 * time / rt60) * (time >= FIRST_REFLECTION)
    echo *= 10 ** (-direct / 20) / max(1e-12, float(np.sqrt(np.sum(np.square(echo)))))
    echo[0] += 1.0
    wet = fftconvolve(samples.astype(np.float64), echo)[: len(samples)]
    return _clipped(wet * (active_level(samples) / max(1e-12, active_level(wet.astype(np.float32)))))


def telephone(samples: Floats, _rng: np.random.Generator) -> Floats:
    """Send `samples` over a telephone: 300 to 3400 Hz, 8 kHz, eight bits by mu-law."""
    from scipy.signal import butter, resample_poly, sosfiltfilt  # noqa: PLC0415  (heavy)

    # Forwards and backwards, so that nothing moves in time.
    band = sosfiltfilt(butter(4, BAND, "bandpass", fs=RATE, output="sos"), samples.astype(np.float64))
    narrow = np.clip(resample_poly(band, 1, 2), -1, 1)
    companded = np.sign(narrow) * np.log1p(MU * np.abs(narrow)) / np.log1p(MU)
    coded = np.round(companded * 127) / 127
    sent = np.sign(coded) * np.expm1(np.abs(coded) * np.log1p(MU)) / MU
    return _clipped(_fitted(resample_poly(sent, 2, 1), len(samples)))


def opus(samples: Floats, _rng: np.random.Generator, kbit: int) -> Floats:
    """Store `samples` as Opus at `kbit` kilobits a second and read them again. Raise `ValueError` without a codec."""
    import av  # noqa: PLC0415  (heavy)

    if "libopus" not in av.codecs_available:
        raise ValueError("this PyAV was built without libopus")
    stored = io.BytesIO()
    with av.open(stored, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=OPUS_RATE, layout="mono", bit_rate=kbit * 1000)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[None]), format="flt", layout="mono")
        frame.sample_rate = RATE
        resampler = av.AudioResampler(format="flt", layout="mono", rate=OPUS_RATE)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    stored.seek(0)
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    with av.open(stored) as container:
        pieces = [out for frame in container.decode(audio=0) for out in resampler.resample(frame)]
        pieces += resampler.resample(None)
    heard = np.concatenate([piece.to_ndarray()[0] for piece in pieces])
    return _clipped(_fitted(heard.astype(np.float64), len(samples)))


def level(samples: Floats, _rng: np.random.Generator, decibels: float) -> Floats:
    """Make `samples` louder by `decibels`, as a recorder does: clipped at full scale, in sixteen bits."""
    loud = np.clip(samples.astype(np.float64) * 10 ** (decibels / 20), -1, 1)
    return (np.round(loud * 32767) / 32767).astype(np.float32)


def speed(samples: Floats, _rng: np.random.Generator, factor: float) -> Floats:
    """Play `samples` faster by `factor`, pitch and all: a label at t s stands at t / `factor` afterwards."""
    from scipy.signal import resample  # noqa: PLC0415  (heavy)

    wanted = max(1, round(len(samples) / factor))
    return _clipped(resample(samples.astype(np.float64), wanted))


def variants(voices: Sequence[Floats]) -> Mapping[str, Degradation]:
    """Return the rows of the table of robustness by name; `voices` are those that babble, none leaves babble out."""
    table: dict[str, Degradation] = {}
    for snr in (20, 10, 5):
        table[f"white noise, {snr} dB"] = partial(white, snr=snr)
        table[f"pink noise, {snr} dB"] = partial(pink, snr=snr)
        if voices:
            table[f"babble, {snr} dB"] = partial(babble, snr=snr, voices=voices)
    table["room, RT60 0.5 s"] = partial(room, rt60=0.5)
    table["telephone"] = telephone
    table |= {f"opus, {kbit} kbit/s": partial(opus, kbit=kbit) for kbit in (64, 24)}
    table |= {f"level, {decibels:+} dB": partial(level, decibels=decibels) for decibels in (12, -12)}
    return table


def _clipped(samples: Moments) -> Floats:
    return np.clip(samples, -1.0, 1.0).astype(np.float32)


def _fitted(samples: Moments, length: int) -> Moments:
    """Return `samples` cut or padded with silence to `length`."""
    return np.pad(samples[:length], (0, max(0, length - len(samples))))
