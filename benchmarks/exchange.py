"""Out and in again, compared value by value: every row of every table and every byte of every sound.

    python benchmarks/exchange.py [--answers 24 1000 10000] [--json FILE]

Makes a history of so many answers with measurements, corrections, stories, tellings, takes and sounds, exports it,
imports that into an empty one, and compares. Says how long each takes, how large the folder is and how much memory the
program held at most. Reports to read are left out: judging an answer anew takes a quarter of a second with any format.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from histories import fill, sounds, tables  # noqa: E402


def command(*arguments: object) -> dict[str, float]:
    """Run the program with `arguments` and return its seconds and its memory at most, in MB."""
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, __file__, "--run", *map(str, arguments)], check=True, capture_output=True, text=True
    )
    return {"seconds": round(time.perf_counter() - begun, 2), "megabytes": round(float(done.stdout.split()[-1]), 1)}


def run(arguments: list[str]) -> None:
    """Run the program in this process, and print the memory it held at most."""
    from voiceprep.cli import cli  # noqa: PLC0415  (only in the process that is measured)

    cli.main(arguments, standalone_mode=False)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def round_trip(answers: int) -> dict[str, Any]:
    """Return what came of exporting and importing a history of so many `answers`."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        old, new, folder = root / "old", root / "new", root / "export"
        fill(old, range(answers))
        out = command("export", "-o", folder, "--data", old, "--no-reports")
        inward = command("import", folder, "--data", new)
        again = command("import", folder, "--data", new)
        before, after = tables(old), tables(new)
        differing = {table: len({*before[table]} ^ {*after[table]}) for table in before}
        heard, came = sounds(old), sounds(new)
        return {
            "answers": answers,
            "rows": sum(map(len, before.values())),
            "rows that differ": sum(differing.values()),
            "sounds": answers,
            "sounds that differ": len(set(heard.items()) ^ set(came.items())),
            "folder, MB": round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6, 1),
            "export": out,
            "import": inward,
            "import again": again,
        }


def main() -> None:
    """Print a line for each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", nargs="+", type=int, default=[24, 1000, 10_000])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = []
    for answers in options.answers:
        one = round_trip(answers)
        found.append(one)
        times = ", ".join(
            f"{name} {one[name]['seconds']} s, {one[name]['megabytes']} MB"
            for name in ("export", "import", "import again")
        )
        print(
            f"{answers} answers: {one['rows']} rows, {one['rows that differ']} differ; {one['sounds']} sounds,"
            f" {one['sounds that differ']} differ; {one['folder, MB']} MB; {times}"
        )
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        run(sys.argv[2:])
    else:
        main()
