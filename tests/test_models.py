"""Models are found where they should be, are never taken for whole when they are not, and are made once."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from toy_model import FILES, SUMS, World, flip, install

from voiceprep import models
from voiceprep.errors import EngineError, InputError
from voiceprep.models import KNOWN, Known, State, hub, making, stamps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing listens, the refusal comes at once


@pytest.fixture(autouse=True)
def _no_offline_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VOICEPREP_OFFLINE", raising=False)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = install(tmp_path)
    monkeypatch.syspath_prepend(str(made.packages))
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "given"
    place.mkdir()
    for name, content in FILES.items():
        (place / name).write_bytes(content)
    return place


# Joined from packages


def test_a_model_in_two_packages_is_joined_byte_for_byte(world: World) -> None:
    model = world.find()
    assert {name: (model.path / name).read_bytes() for name in FILES} == FILES
    assert (model.name, model.source, model.verified, model.sha256) == ("toy", "package", True, SUMS["model.bin"])
    assert model.path == world.cache / "models" / f"toy-{SUMS['model.bin'][:12]}"
    assert model.size == sum(map(len, FILES.values()))


def test_the_second_use_reads_no_file_of_the_model(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first = world.find()
    monkeypatch.setattr(stamps, "sha256", lambda *_: pytest.fail("an unchanged file was hashed again"))
    assert world.find() == first


def test_a_joined_model_survives_without_its_packages(world: World) -> None:
    world.find()
    shutil.rmtree(world.packages)
    assert world.find().verified


def test_progress_reaches_the_total(world: World) -> None:
    told: list[tuple[str, int, int]] = []
    model = world.find(progress=lambda *report: told.append(report))
    joined = [(done, total) for what, done, total in told if what == "Preparing the toy model"]
    assert joined[-1] == (model.size, model.size)


@pytest.mark.parametrize("at", [0, 300_000, len(FILES["model.bin"]) - 1])
def test_a_changed_byte_is_found_and_the_model_made_anew(world: World, at: int) -> None:
    model = world.find()
    flip(model.path / "model.bin", at)
    notices: list[str] = []
    assert world.find(notice=notices.append) == model
    assert (model.path / "model.bin").read_bytes() == FILES["model.bin"]
    assert notices == [f"The model toy in {model.path} is damaged; making it anew."]


def test_a_missing_file_of_a_joined_model_is_made_anew(world: World) -> None:
    model = world.find()
    (model.path / "tokenizer.json").unlink()
    assert (world.find().path / "tokenizer.json").read_bytes() == FILES["tokenizer.json"]


def test_a_damaged_model_without_packages_is_an_error_that_says_so(world: World) -> None:
    model = world.find()
    flip(model.path / "model.bin", 7)
    shutil.rmtree(world.packages)
    with pytest.raises(EngineError, match="toy is damaged") as caught:
        world.find()
    assert "pip install 'toy-parts'" in caught.value.hint


def test_a_damaged_package_is_refused_and_leaves_nothing(world: World) -> None:
    flip(world.part, 100)
    with pytest.raises(EngineError, match=r"damaged: model\.bin") as caught:
        world.find()
    assert "--force-reinstall" in caught.value.hint
    assert [path for path in (world.cache / "models").iterdir() if path.is_dir()] == []


def test_half_of_the_packages_is_named(world: World) -> None:
    shutil.rmtree(world.packages / "toy_part_b")
    with pytest.raises(EngineError, match="toy-part-b is not installed"):
        world.find()
    assert world.states() == {"toy": State.INCOMPLETE}


def test_without_any_model_the_hint_names_the_pip_command(tmp_path: Path) -> None:
    lonely = {"base": replace(KNOWN["base"], pieces={"model.bin": ("no_such_package/model.bin",)})}
    with pytest.raises(EngineError) as caught:
        models.find("base", tmp_path, offline=True, known=lonely)
    assert "pip install 'voiceprep[offline]'" in caught.value.hint
    assert caught.value.exit_code == 4
    assert list(tmp_path.iterdir()) == []


def test_a_broken_stamp_is_no_reason_to_fail_or_to_trust(world: World) -> None:
    model = world.find()
    stamp = stamps.stamp(model.path, world.cache)
    for broken in ("", "[]", '{"model.bin": 3}', '{"model.bin": []}', "\x00"):
        stamp.write_text(broken)
        assert world.find() == model


def test_a_package_that_holds_the_model_whole_is_used_where_it_is(world: World) -> None:
    place = world.packages / "toy_part_a" / "data"
    (place / "model.bin").write_bytes(FILES["model.bin"])
    whole = Known("nobody/toy", SUMS, {name: (f"toy_part_a/data/{name}",) for name in FILES}, published=False)
    model = models.find("toy", world.cache, offline=True, known={"toy": whole})
    assert (model.path, model.source, model.verified) == (place, "package", True)
    flip(place / "model.bin", 5)
    with pytest.raises(EngineError, match="of the installed package is damaged"):
        models.find("toy", world.cache, offline=True, known={"toy": whole})


# Several processes, and processes that die

JOIN = textwrap.dedent("""
    import os, signal, sys, json
    from pathlib import Path
    sys.path[:0] = [sys.argv[1], sys.argv[2]]
    from toy_model import toy
    from voiceprep import models
    def tell(what, done, total):
        if "--die" in sys.argv and done > total // 2:
            os.kill(os.getpid(), signal.SIGKILL)
    notices = []
    if "--wait" in sys.argv:
        sys.stdin.readline()
    model = models.find("toy", Path(sys.argv[3]), offline=True, known={"toy": toy()}, progress=tell)
    print(model.path, model.verified)
""")


def joiner(world: World, *flags: str) -> subprocess.Popen[str]:
    here = str(Path(__file__).parent)
    return subprocess.Popen(
        [sys.executable, "-c", JOIN, here, str(world.packages), str(world.cache), *flags],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_processes_that_join_at_once_get_the_same_whole_model(world: World) -> None:
    racers = [joiner(world, "--wait") for _ in range(2)]
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()
    answers = [racer.communicate(timeout=60) for racer in racers]
    expected = world.cache / "models" / f"toy-{SUMS['model.bin'][:12]}"
    assert [out.strip() for out, _ in answers] == [f"{expected} True"] * 2, answers
    assert {name: (expected / name).read_bytes() for name in FILES} == FILES


def test_who_comes_second_waits_and_does_not_join_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    joins: list[int] = []
    join, first_is_in, told = making._join, threading.Event(), threading.Event()

    def slow(*arguments: Any) -> None:
        joins.append(1)
        first_is_in.set()
        assert told.wait(20)
        join(*arguments)

    monkeypatch.setattr(making, "_join", slow)
    first = threading.Thread(target=world.find)
    first.start()
    assert first_is_in.wait(20)
    notices: list[str] = []

    def notice(text: str) -> None:
        notices.append(text)
        told.set()

    assert world.find(notice=notice).verified
    first.join()
    assert notices == ["Another voiceprep is preparing the model; waiting for it."]
    assert joins == [1]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_killed_join_leaves_nothing_that_is_taken_for_a_model(world: World) -> None:
    victim = joiner(world, "--die")
    victim.communicate(timeout=60)
    assert victim.returncode == -signal.SIGKILL
    assert list((world.cache / "models").glob("*.partial")), "it was to die in the middle"
    assert world.states() == {"toy": State.NOT_JOINED}
    assert world.find().verified
    assert list((world.cache / "models").glob("*.partial")) == []


# Disks


def test_a_full_disk_is_said_before_anything_is_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(world.packages)._replace(free=1_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(EngineError, match=r"no room for the model in .*\(0 MB free\)") as caught:
        world.find()
    assert "VOICEPREP_CACHE_DIR" in caught.value.hint


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    if sys.platform != "linux" or os.geteuid() != 0 or not mount:
        pytest.skip("only root on Linux can mount a small disk")
    made = subprocess.run([mount, "-t", "tmpfs", "-o", "size=256k", "tmpfs", place], check=False, capture_output=True)
    if made.returncode:
        pytest.skip(f"no small disk can be mounted here: {made.stderr.decode().strip()}")
    yield place
    subprocess.run([shutil.which("umount") or "umount", place], check=True)


def test_a_disk_that_fills_up_in_the_middle_is_an_error_and_no_model(
    world: World, tiny_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "need", lambda *_: None)  # another program took the room after we looked
    with pytest.raises(EngineError, match="no room for the model"):
        models.find("toy", tiny_disk, offline=True, known=world.known)
    assert [info.state for info in models.list_models(tiny_disk, known=world.known)] == [State.NOT_JOINED]


def test_a_cache_that_is_a_file_is_an_error_with_a_hint(world: World) -> None:
    world.cache.write_text("not a folder")
    with pytest.raises(EngineError, match="cannot be written") as caught:
        world.find()
    assert "VOICEPREP_CACHE_DIR" in caught.value.hint


# Folders that the user gives


def test_a_folder_of_an_unknown_model_is_used_and_called_unverified(folder: Path, tmp_path: Path) -> None:
    model = models.find(str(folder), tmp_path / "cache", offline=True)
    assert (model.name, model.path, model.source, model.verified) == ("given", folder, "folder", False)
    assert model.sha256 == SUMS["model.bin"]


def test_a_folder_with_a_known_model_is_verified(folder: Path, world: World) -> None:
    assert world.find(str(folder)).verified


def test_a_changed_folder_has_another_hash(folder: Path, world: World) -> None:
    world.find(str(folder))
    flip(folder / "model.bin", 9)
    model = world.find(str(folder))
    assert model.sha256 == hashlib.sha256((folder / "model.bin").read_bytes()).hexdigest() != SUMS["model.bin"]
    assert not model.verified


@pytest.mark.parametrize("name", FILES)
def test_a_folder_names_the_file_that_it_lacks(folder: Path, world: World, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(InputError) as caught:
        world.find(str(folder))
    assert f"holds no {name.replace('.txt', '.*')}" in caught.value.message


def test_a_vocabulary_in_json_will_do(folder: Path, world: World) -> None:
    (folder / "vocabulary.txt").rename(folder / "vocabulary.json")
    assert world.find(str(folder)).sha256 == SUMS["model.bin"]


def test_a_known_name_means_the_model_even_beside_a_folder_of_that_name(
    folder: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.rename(folder.parent / "toy").parent)
    assert world.find("toy").source == "package"
    assert world.find("./toy").source == "folder"


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("toi", "no model called 'toi'", "Did you mean toy?"),
        ("./nowhere", "no model folder './nowhere'", "model.bin"),
        ("/no/such/place", "no model folder", "model.bin"),
        ("../../etc/x", "no model folder", "model.bin"),
        ("", "holds no model", ""),
        (__file__, "is a file", "folder"),
    ],
)
def test_what_cannot_be_a_model_is_bad_input(world: World, name: str, message: str, hint: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        world.find(name)
    assert hint in caught.value.hint


# The hub


def fill(contents: Mapping[str, bytes]) -> Any:
    def download(_repository: str, _names: object, place: Path, _progress: object, _notice: object) -> dict[str, str]:
        place.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            (place / name).write_bytes(content)
        return {name: SUMS[name] if name == "model.bin" else "" for name in contents}

    return download


def test_a_pinned_model_from_the_hub_is_verified_and_then_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"far": Known("someone/far", SUMS)}
    monkeypatch.setattr(hub, "download", fill(FILES))
    first = models.find("far", tmp_path, known=known)
    assert (first.source, first.verified) == ("hub", True)
    again = models.find("far", tmp_path, known=known, offline=True)
    assert (again.source, again.path) == ("cache", first.path)


def test_an_unpinned_model_is_kept_and_its_damage_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "download", fill(FILES))
    model = models.find("someone/far", tmp_path)
    assert (model.path.name, model.verified) == ("someone--far", False)
    assert [info.state for info in models.list_models(tmp_path, known={})] == [State.UNVERIFIED]
    flip(model.path / "model.bin", 1)
    assert [info.state for info in models.list_models(tmp_path, check=True, known={})] == [State.DAMAGED]
    with pytest.raises(EngineError, match="is damaged"):
        models.find("someone/far", tmp_path, offline=True)


def test_a_download_with_another_hash_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "download", fill({**FILES, "model.bin": b"something else"}))
    for name, known in (("far", {"far": Known("someone/far", SUMS)}), ("someone/far", {})):
        with pytest.raises(EngineError, match=r"model\.bin has not the expected SHA-256"):
            models.find(name, tmp_path, known=known)
    assert models.list_models(tmp_path, known={}) == ()


@pytest.mark.parametrize("variable", ["VOICEPREP_OFFLINE", "HF_HUB_OFFLINE"])
def test_a_variable_forbids_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "1")
    monkeypatch.setattr(hub, "download", lambda *_: pytest.fail("the network was used"))
    with pytest.raises(EngineError, match="the network is forbidden"):
        models.find("someone/far", tmp_path)


REACH = textwrap.dedent("""
    import json, sys
    from pathlib import Path
    from voiceprep import models
    from voiceprep.errors import VoiceprepError
    told = []
    try:
        model = models.find(sys.argv[1], Path(sys.argv[2]), notice=told.append)
        print(json.dumps([str(model.path), model.source, told]))
    except VoiceprepError as error:
        print(json.dumps([type(error).__name__, error.message, error.hint]))
""")


def reach(endpoint: str, name: str, cache: Path) -> list[Any]:
    """Look for `name` with the hub's real client in a process whose hub is at `endpoint`."""
    environment = {**os.environ, "HF_ENDPOINT": endpoint, "HF_HOME": str(cache / "hub-home")}
    done = subprocess.run(
        [sys.executable, "-c", REACH, name, str(cache)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    answer: list[Any] = json.loads(done.stdout)
    return answer


def test_without_a_network_the_error_comes_soon_and_is_ours(tmp_path: Path) -> None:
    began = time.monotonic()
    kind, message, hint = reach(NOWHERE, "small", tmp_path)
    assert (kind, message.partition(":")[0]) == (
        "EngineError",
        "The model Systran/faster-whisper-small cannot be downloaded",
    )
    assert "pip install 'voiceprep[offline]'" in hint
    assert time.monotonic() - began < 20


class FakeHub(BaseHTTPRequestHandler):
    """As much of the hub's protocol as its client needs for one small model."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path, commit = self.path.partition("?")[0], "a" * 40
        size = {name: len(content) for name, content in FILES.items()}
        large = {"sha256": SUMS["model.bin"], "oid": SUMS["model.bin"], "size": size["model.bin"], "pointerSize": 134}
        if path.startswith("/api/models/someone/far/tree/"):
            rows: Any = [{"type": "file", "path": name, "size": size[name], "oid": commit} for name in FILES]
            rows[0]["lfs"] = large
        else:
            files: list[Any] = [{"rfilename": name, "size": size[name], "blobId": commit} for name in FILES]
            files[0]["lfs"] = large
            rows = {"id": "someone/far", "sha": commit, "siblings": files}
        name = path.rpartition("/")[2]
        content = FILES[name] if "/resolve/" in path else json.dumps(rows).encode()
        self.send_response(200 if "someone/far" in path else 404)
        self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
        self.send_header("X-Repo-Commit", commit)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def fake_hub() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), FakeHub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_hubs_own_client_downloads_what_a_hub_offers(fake_hub: str, tmp_path: Path) -> None:
    path, source, told = reach(fake_hub, "someone/far", tmp_path)
    assert source == "hub"
    assert told == ["Downloading someone/far from the Hugging Face hub: 1 MB."]
    assert {name: (Path(path) / name).read_bytes() for name in FILES} == FILES
    assert sorted(item.name for item in Path(path).iterdir()) == sorted([*FILES, "voiceprep.json"])


def test_a_model_that_the_hub_does_not_have_is_an_error(fake_hub: str, tmp_path: Path) -> None:
    assert reach(fake_hub, "someone/else", tmp_path)[0] == "EngineError"


# Listing and removing


def test_the_list_follows_a_model_through_its_states(world: World) -> None:
    assert world.states() == {"toy": State.NOT_JOINED}
    model = world.find()
    assert world.states() == {"toy": State.VERIFIED}
    stamps.stamp(model.path, world.cache).unlink()
    assert world.states() == {"toy": State.NOT_CHECKED}
    assert world.states(check=True) == {"toy": State.VERIFIED}
    flip(model.path / "model.bin", 3)
    assert world.states() == {"toy": State.NOT_CHECKED}
    assert world.states(check=True) == {"toy": State.DAMAGED}


def test_a_check_finds_damage_in_packages_before_they_are_joined(world: World) -> None:
    flip(world.part, 3)
    assert world.states(check=True) == {"toy": State.DAMAGED}


def test_a_check_reads_what_a_stamp_would_vouch_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    model = world.find()
    monkeypatch.setattr(stamps, "_mark", lambda _: [1])  # a disk that rots tells no time
    world.find()
    flip(model.path / "model.bin", 3)
    assert world.states() == {"toy": State.VERIFIED}
    assert world.states(check=True) == {"toy": State.DAMAGED}


def test_removing_frees_the_cache_and_nothing_else(world: World) -> None:
    model = world.find()
    assert models.remove("toy", world.cache) > len(FILES["model.bin"])
    assert not model.path.exists()
    assert world.part.exists()
    with pytest.raises(InputError, match="not in the cache"):
        models.remove("toy", world.cache)


@pytest.mark.parametrize("name", ["..", ".", "stamps", "../given", ""])
def test_removing_takes_names_of_models_only(world: World, folder: Path, name: str) -> None:
    world.find()
    with pytest.raises(InputError):
        models.remove(name, world.cache)
    assert folder.exists()
    assert world.states() == {"toy": State.VERIFIED}


# The real packages


def test_every_hash_in_the_table_is_a_sha256() -> None:
    sums = [digest for entry in KNOWN.values() for digest in entry.files.values()]
    assert len(sums) == 12
    assert all(len(digest) == 64 and int(digest, 16) for digest in sums)


@pytest.mark.model
def test_the_installed_base_model_is_the_one_that_its_publisher_lists(tmp_path: Path) -> None:
    if not KNOWN["base"].found():
        pytest.skip("voiceprep[offline] is not installed")
    model = models.find("base", tmp_path, offline=True)
    assert model.verified
    assert (model.path / "model.bin").stat().st_size == 145_217_532
    began = time.perf_counter()
    models.find("base", tmp_path, offline=True)
    assert time.perf_counter() - began < 0.1, "the stamp spares the hashing of 145 MB"


def test_the_manual_lists_every_hash_of_the_table() -> None:
    manual = (Path(__file__).parents[1] / "docs" / "models.md").read_text(encoding="utf-8")
    assert [digest for entry in KNOWN.values() for digest in entry.files.values() if digest not in manual] == []
    assert [name for name in KNOWN if f"`{name}`" not in manual] == []
