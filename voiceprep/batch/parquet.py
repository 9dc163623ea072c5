"""The table of answers as Parquet: numbers as numbers. Needs pyarrow, which is optional."""

from __future__ import annotations

import secrets
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from voiceprep.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from voiceprep.report.table import Cell

_NUMBERS = ("_value", "_total", "_per")


def is_there() -> bool:
    """Say whether pyarrow is installed."""
    return find_spec("pyarrow") is not None


def write(path: Path, rows: Iterable[Mapping[str, Cell]], columns: Sequence[str]) -> None:
    """Write `rows` with these `columns` to `path`, whole or not at all; a cell that is not there is null."""
    import pyarrow as pa  # noqa: PLC0415  (optional, and heavy)
    from pyarrow import parquet  # noqa: PLC0415  (the same)

    values: dict[str, list[Cell]] = {name: [] for name in columns}
    for row in rows:
        for name, column in values.items():
            column.append(row.get(name))
    schema = pa.schema([(name, _kind(pa, name)) for name in columns])
    beside = path.with_name(f".voiceprep-{secrets.token_hex(4)}.tmp")
    try:
        parquet.write_table(pa.table(values, schema=schema), beside)
        beside.replace(path)
    except OSError as error:
        raise InputError(f"cannot write {str(path)!r}: {error.strerror or error}") from error
    finally:
        beside.unlink(missing_ok=True)


def _kind(pa: Any, name: str) -> Any:  # noqa: ANN401  (an optional package)
    if name.endswith(_NUMBERS) or name == "duration":
        return pa.float64()
    if name.startswith("has_"):
        return pa.bool_()
    return pa.int64() if name == "words" else pa.string()
