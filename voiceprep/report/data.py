"""The report as JSON: one document however many answers, and the way back. May not open a file.

The fields are those of `voiceprep.model`, written by `voiceprep.codec`; each is described in
`voiceprep/schemas/report.schema.json`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from voiceprep.codec import from_data, to_data
from voiceprep.errors import InputError
from voiceprep.model import Assessment

if TYPE_CHECKING:
    from collections.abc import Sequence

SCHEMA = "https://voiceprep.readthedocs.io/schemas/report.schema.json"
FORMAT = "voiceprep-report"
# Goes up when a field is taken away or changes its meaning; a new field leaves it as it is.
VERSION = 1

# What JSON allows in a text and yet does harm: controls of a terminal, line ends of JavaScript, halves of characters.
_HARMFUL = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# A list of these stands in one line: one value a line would make half of the document blanks.
_NUMBERS = frozenset({int, float, type(None)})
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def render(assessments: Sequence[Assessment]) -> str:
    """Return `assessments` as one JSON document, safe to print and to write in UTF-8."""
    return document({"$schema": SCHEMA, "format": FORMAT, "version": VERSION, "answers": to_data(tuple(assessments))})


def document(told: dict[str, Any]) -> str:
    """Return plain data as a JSON document, safe to print and to write in UTF-8."""
    return _HARMFUL.sub(lambda match: f"\\u{ord(match[0]):04x}", _written(told, "\n")) + "\n"


def _written(value: Any, margin: str) -> str:  # noqa: ANN401  (JSON may be anything)
    """Return `value` as JSON, one item a line, each behind `margin` and a blank; plain numbers share a line.

    The standard library's own way to indent is several times slower: it does not use its part in C for that.
    """
    inner = margin + " "
    if type(value) is dict and value:
        lines = (f"{_ENCODER.encode(key)}: {_written(item, inner)}" for key, item in value.items())
        return f"{{{inner}{(',' + inner).join(lines)}{margin}}}"
    if type(value) is list and value:
        if _NUMBERS.issuperset(map(type, value)):
            return _ENCODER.encode(value)
        return f"[{inner}{(',' + inner).join(_written(item, inner) for item in value)}{margin}]"
    return _ENCODER.encode(value)


def parse(text: str) -> tuple[Assessment, ...]:
    """Return the assessments in the document `text`. Raise `InputError` naming the place that does not fit."""
    document = _load(text)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InputError("this is not a report of voiceprep", hint="A report is made by: voiceprep analyze -f json")
    version = document.get("version")
    if type(version) is not int or version != VERSION:
        raise InputError(
            f"$.version: a report of version {version!r} cannot be read, only of version {VERSION}",
            hint="A newer voiceprep may have written it; update, or make the report again.",
        )
    if unknown := sorted(document.keys() - {"$schema", "format", "version", "answers"}):
        raise InputError(f"$: {unknown[0]!r} is unknown")
    return from_data(tuple[Assessment, ...], document.get("answers"), "$.answers")


def _load(text: str) -> Any:  # noqa: ANN401  (JSON may be anything)
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except RecursionError:
        raise InputError("this is not a report: it is nested too deeply") from None
    except ValueError as error:
        raise InputError(f"this is not JSON: {error}") from None
