"""The real way of sound, through PortAudio and a private sound server: what is spoken is what is saved.

Skipped where the server cannot be had; `tests/system.sh` installs it where it may.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
import rig

from voiceprep import recorder
from voiceprep.audio import decode
from voiceprep.cli.samples import sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt

    Sound = npt.NDArray[np.int16]

pytestmark = [pytest.mark.sound, pytest.mark.skipif(bool(rig.missing()), reason=rig.missing())]

# Records to a file until a line comes, and says when something happens.
RECORD = """
import sys
from pathlib import Path
from voiceprep.recorder import Recorder
heard = []
with Recorder(Path(sys.argv[1]), on_block=lambda block, level: heard.append(len(block))) as recording:
    print("recording", flush=True)
    sys.stdin.readline()
    capture = recording.stop()
print(capture.duration, capture.dropped, sum(heard), repr(capture.ended), flush=True)
"""
PLAY = """
import sys, time
from voiceprep import audio, devices
from voiceprep.cli.samples import sample
sound = audio.decode(sample("demo.mp3")).audio
sound = type(sound)(sound.samples[:3 * 16000], 16000)
began = time.monotonic()
end = devices.play(sound)
print(end - began, time.monotonic() - end)
"""
LOAD = "import sys\nwhile True: sum(range(100000))"


@pytest.fixture(scope="module")
def server() -> Iterator[rig.Rig]:
    with rig.Rig() as running:
        yield running


@pytest.fixture(scope="module")
def said() -> Sound:
    return np.rint(decode(sample("demo.mp3")).audio.samples[: 6 * 16000] * 32767).astype(np.int16)


def recording(server: rig.Rig, path: Path) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    line = [sys.executable, "-c", RECORD, str(path)]
    child = subprocess.Popen(line, env=server.environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    assert child.stdout
    assert child.stdout.readline() == "recording\n", child.communicate()
    return child


def grown(path: Path, seconds: float) -> None:
    """Wait until the recording at `path` is `seconds` long."""
    until = time.monotonic() + 60
    while path.stat().st_size < recorder.HEADER + seconds * 32000:
        assert time.monotonic() < until
        time.sleep(0.02)


def test_what_is_spoken_is_saved_sample_for_sample_while_both_cores_are_busy(
    server: rig.Rig, said: Sound, tmp_path: Path
) -> None:
    server.speak(said)
    path = tmp_path / "take.wav"
    busy = [subprocess.Popen([sys.executable, "-c", LOAD]) for _ in range(2)]
    try:
        child = recording(server, path)
        grown(path, 6.2)
        out, err = child.communicate("\n", timeout=60)
    finally:
        for one in busy:
            one.kill()
            one.wait()
    duration, dropped, heard, ended = out.split()
    got = rig.read(path)
    assert (dropped, ended) == ("0", "''"), err
    assert len(got) == int(heard) == round(float(duration) * 16000)
    assert np.array_equal(got[: len(said)], said)
    assert not got[len(said) :].any()


def test_what_is_played_arrives_whole_and_its_end_is_known(server: rig.Rig, said: Sound, tmp_path: Path) -> None:
    path = tmp_path / "heard.wav"
    listener = server.listen(path)
    child = subprocess.run([sys.executable, "-c", PLAY], env=server.environment, capture_output=True, check=False)
    assert not child.returncode, child.stderr
    took, after = map(float, child.stdout.split())
    assert took > 2.95
    assert after < 1.0
    rig.stopped(listener)
    heard, asked = rig.read(path).astype(float), said[: 3 * 16000].astype(float)
    begin = rig.lag(said[: 3 * 16000], rig.read(path))
    assert np.corrcoef(heard[begin : begin + len(asked)], asked)[0, 1] > 0.99


@pytest.mark.parametrize("seconds", [0.4, 1.3, 2.6])
def test_a_program_that_is_killed_leaves_all_but_the_last_moment(
    server: rig.Rig, said: Sound, tmp_path: Path, seconds: float
) -> None:
    server.speak(said)
    path = tmp_path / "take.wav"
    child = recording(server, path)
    grown(path, seconds)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert recorder.is_cut_off(path)
    capture = recorder.recover(path)
    assert seconds <= capture.duration
    got = rig.read(path)
    assert np.array_equal(got, np.concatenate([said, np.zeros(16000 * 60, np.int16)])[: len(got)])


def test_a_server_that_goes_away_in_mid_answer_leaves_what_was_said(said: Sound, tmp_path: Path) -> None:
    with rig.Rig() as own:
        own.speak(said)
        path = tmp_path / "take.wav"
        child = recording(own, path)
        grown(path, 1.5)
        own.server.kill()
        out, _ = child.communicate("\n", timeout=60)
    duration, _dropped, _heard, ended = out.split(maxsplit=3)
    assert float(duration) >= 1.5
    assert recorder.UNPLUGGED in ended
    got = rig.read(path)
    assert np.array_equal(got, said[: len(got)])
    assert not recorder.is_cut_off(path)
