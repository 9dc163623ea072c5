"""Frozen values to plain dicts and back, led by type hints. May not know any noun but `Span`.

A field named `span` is written as `start` and `end` beside its neighbours; a class lists in `DERIVED` the properties
that are written for readers and ignored when read; a field with `metadata={"data": False}` is left out. NaN and
infinity are not data, for JSON has no word for them: they are refused in both directions.
"""

from __future__ import annotations

import dataclasses
import math
import types
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, Union, get_args, get_origin, get_type_hints

from voiceprep.errors import InputError
from voiceprep.model import Span

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_AS_THEY_ARE = frozenset({str, int, bool, types.NoneType})


def to_data(value: object) -> Any:  # noqa: ANN401  (plain data is any of dict, list, str, number, None)
    """Return `value` as dicts, lists, strings, finite numbers and None; raise on anything else, for that is a bug."""
    kind: Any = type(value)
    return _writer(kind)(value)


@cache
def _writer(cls: type) -> Callable[[Any], Any]:  # noqa: PLR0911  (one return for each shape of value)
    """Return what writes a value of `cls`: found once, for a report has thousands of them."""
    if issubclass(cls, Enum):
        return lambda value: value.value
    if dataclasses.is_dataclass(cls):
        return _fields_writer(cls)
    if issubclass(cls, Mapping):
        return lambda value: {str(key): to_data(item) for key, item in value.items()}
    if issubclass(cls, tuple | list):
        return lambda value: [to_data(item) for item in value]
    if issubclass(cls, float):
        return _finite
    if issubclass(cls, str | int | types.NoneType):
        return lambda value: value
    return _refused


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{value} is not a number that data can hold")
    return float(value)


def _refused(value: object) -> NoReturn:
    raise TypeError(f"{type(value).__name__} is not data: {_shown(value)}")


def _fields_writer(cls: Any) -> Callable[[Any], dict[str, Any]]:  # noqa: ANN401
    hints = _hints(cls)
    written = [field.name for field in dataclasses.fields(cls) if field.metadata.get("data", True)]
    # A whole number is written as a float where one is expected, so that what is read back is written the same.
    fields = [(name, hints[name] in (float, float | None), name == "span") for name in written]
    derived = getattr(cls, "DERIVED", ())

    def write(value: Any) -> dict[str, Any]:  # noqa: ANN401
        out: dict[str, Any] = {}
        for name, is_float, is_span in fields:
            item = getattr(value, name)
            kind = type(item)
            if kind in _AS_THEY_ARE:
                out[name] = float(item) if is_float and kind is int else item
            elif is_span and kind is Span:
                out |= to_data(item)
            else:
                out[name] = to_data(item)
        for name in derived:
            out[name] = to_data(getattr(value, name))
        return out

    return write


def from_data(cls: type[T], data: object, place: str = "$") -> T:
    """Return `data` as a value of `cls`. Raise `InputError` naming the `place` that does not fit."""
    try:
        return _reader(cls)(data)  # type: ignore[no-any-return, arg-type]
    except (_MisfitError, TypeError, KeyError, OverflowError):
        # Read again by the way that knows where it is, and says what is wrong there.
        return _read(cls, data, place)  # type: ignore[no-any-return]


class _MisfitError(Exception):
    """Something does not fit; where is not known."""


def _fitting(fits: bool, value: Any) -> Any:  # noqa: ANN401  (a check on one line)
    if not fits:
        raise _MisfitError
    return value


def _float(data: Any) -> float:  # noqa: ANN401
    return float(_fitting(type(data) in {int, float} and math.isfinite(data), data))


@cache
def _reader(hint: Any) -> Callable[[Any], Any]:  # noqa: ANN401, PLR0911  (one return for each shape of hint)
    """Return what reads data by `hint`: quicker than `_read`, for it keeps no places. A misfit is a misfit, no more."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _union_reader(get_args(hint))
    if origin is tuple:
        item = _reader(get_args(hint)[0])
        return lambda data: tuple(map(item, _fitting(type(data) is list, data)))
    if origin is not None and issubclass(origin, Mapping):
        value = _reader(get_args(hint)[1])
        return lambda data: {key: value(one) for key, one in _fitting(type(data) is dict, data).items()}
    if dataclasses.is_dataclass(hint):
        return _fields_reader(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        members = {member.value: member for member in hint}
        return lambda data: members[_fitting(type(data) is str, data)]
    if hint is float:
        return _float
    return lambda data: _fitting(type(data) is hint, data)


def _union_reader(hints: tuple[Any, ...]) -> Callable[[Any], Any]:
    real = [hint for hint in hints if hint is not type(None)]
    if len(real) == 1:
        only = _reader(real[0])
        return lambda data: None if data is None else only(data)
    readers = {hint: _reader(hint) for hint in real}
    return lambda data: readers[type(data)](data)


def _fields_reader(cls: Any) -> Callable[[Any], Any]:  # noqa: ANN401
    hints = _hints(cls)
    fields = {field.name: field for field in dataclasses.fields(cls) if field.metadata.get("data", True)}
    derived = frozenset(getattr(cls, "DERIVED", ()))
    if hints.get("span") is not Span:
        return _named_reader(cls, {name: _reader(hints[name]) for name in fields}, derived)

    def make(start: float, end: float, **values: Any) -> Any:  # noqa: ANN401
        return cls(span=Span(start, end), **values)

    readers = {name: _reader(hints[name]) for name in fields if name != "span"}
    return _named_reader(make, {**readers, "start": _float, "end": _float}, derived)


def _named_reader(
    make: Callable[..., Any], readers: Mapping[str, Callable[[Any], Any]], derived: frozenset[str]
) -> Callable[[Any], Any]:
    def read(data: Any) -> Any:  # noqa: ANN401
        given = _fitting(type(data) is dict, data).items()
        # What lacks a value says so itself, by a TypeError.
        return make(**{name: readers[name](item) for name, item in given if name not in derived})

    return read


def _read(hint: Any, data: Any, place: str) -> Any:  # noqa: ANN401, PLR0911  (one return for each shape of hint)
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _read_union(get_args(hint), data, place)
    if origin is tuple:
        item = get_args(hint)[0]
        return tuple(_read(item, one, f"{place}[{i}]") for i, one in enumerate(_expect(data, list, place)))
    if origin is not None and issubclass(origin, Mapping):
        item = get_args(hint)[1]
        return {key: _read(item, one, _inside(place, key)) for key, one in _expect(data, dict, place).items()}
    if dataclasses.is_dataclass(hint):
        return _read_fields(hint, _expect(data, dict, place), place)
    if isinstance(hint, type) and issubclass(hint, Enum):
        try:
            return hint(data)
        except ValueError:
            known = ", ".join(str(member.value) for member in hint)
            raise InputError(f"{place}: {data!r} is not one of {known}") from None
    if hint is float:
        return _read_float(data, place)
    return _expect(data, hint, place)


def _read_float(data: Any, place: str) -> float:  # noqa: ANN401
    try:
        number = float(_expect(data, int | float, place))
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise InputError(f"{place}: {_shown(data)} is not a finite number")
    return number


def _inside(place: str, key: str) -> str:
    """Return the place of `key`; one that is no plain name is quoted, so that nothing in it reaches a terminal."""
    return f"{place}.{key}" if key.isidentifier() else f"{place}[{_shown(key)}]"


def _read_union(hints: tuple[Any, ...], data: Any, place: str) -> Any:  # noqa: ANN401
    if data is None and type(None) in hints:
        return None
    real = [hint for hint in hints if hint is not type(None)]
    for hint in real:
        if len(real) == 1 or type(data) is hint:
            return _read(hint, data, place)
    raise InputError(f"{place}: {_shown(data)} does not fit here")


_NAMES = {
    str: "text",
    int: "a whole number",
    int | float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
}


def _expect(data: Any, kind: Any, place: str) -> Any:  # noqa: ANN401
    if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
        raise InputError(f"{place}: expected {_NAMES[kind]}, found {_shown(data)}")
    return data


def _shown(data: object) -> str:
    text = repr(data)
    return text if len(text) <= 60 else text[:57] + "..."


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def _read_fields(cls: Any, data: dict[str, Any], place: str) -> Any:  # noqa: ANN401
    hints = _hints(cls)
    fields = {field.name: field for field in dataclasses.fields(cls) if field.metadata.get("data", True)}
    opened = hints.get("span") is Span
    known = (fields.keys() - {"span"}) | {"start", "end"} if opened else fields.keys()
    rest = {key: item for key, item in data.items() if key not in getattr(cls, "DERIVED", ())}
    if unknown := sorted(rest.keys() - known):
        raise InputError(f"{_inside(place, unknown[0])}: unknown; known are {', '.join(sorted(known))}")
    if opened:
        rest["span"] = {key: rest[key] for key in ("start", "end") if key in rest}
    values = {}
    for name, field in fields.items():
        if name in rest:
            inside = place if name == "span" and opened else f"{place}.{name}"
            values[name] = _read(hints[name], rest[name], inside)
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise InputError(f"{place}.{name}: missing")
    return cls(**values)
