"""JSON into wire records, where one bad field costs that field and no more.

The fast path is a typed decode. Only when that fails is the text read untyped and fitted to
the type piece by piece: what does not fit is dropped and its path logged, never its value.
Of each path it warns once; the platform may make the same mistake in every record.
"""

import json
import logging
import math
import types
from contextlib import suppress
from typing import Any, TypeVar, Union, cast, get_args, get_origin

import msgspec

from rcdesk.core.errors import RcdeskError

T = TypeVar("T")

_log = logging.getLogger(__name__)
_UNFIT = object()
_decoders: dict[object, msgspec.json.Decoder[Any]] = {}
_UNION_ORIGINS = (Union, types.UnionType)
_warned_of: set[str] = set()
_NUMBERS = (int, float, bool)
_MOST_DIGITS = 1000


class Undecodable(RcdeskError):
    """The text is not JSON, or not of the expected shape at all."""


def decode(data: bytes | msgspec.Raw, into: type[T]) -> T:
    """`data` as `into`, a msgspec Struct whose fields all have defaults, or a list of such.

    Raises:
        Undecodable: nothing of it could be saved, or not what its class calls `essential`.
    """
    try:
        return cast("T", _decoder(into).decode(data))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    name = getattr(into, "__name__", "list")
    try:
        mended = _mend(_untyped(data), into, name)
    except RecursionError:
        raise Undecodable("The answer is nested too deeply.") from None
    if mended is _UNFIT:
        raise Undecodable(f"The answer is not a {name}.")
    return cast("T", mended)


def repaired(data: bytes) -> bytes:
    """`data` as JSON to the letter (RFC 8259): no lone surrogates, NaN or broken UTF-8.

    Raises:
        Undecodable: it is not JSON even so.
    """
    try:
        return json.dumps(_untyped(data)).encode()
    except RecursionError:
        raise Undecodable("The answer is nested too deeply.") from None


def _untyped(data: bytes | msgspec.Raw) -> Any:
    # json.loads also reads what msgspec refuses as a whole: lone surrogates, NaN, numbers
    # out of range.
    try:
        return _cleaned(json.loads(bytes(data).decode("utf-8", "replace"), parse_int=_whole))
    except ValueError as error:
        raise Undecodable(f"The answer is not JSON ({type(error).__name__}).") from None
    except RecursionError:
        raise Undecodable("The answer is nested too deeply.") from None


def _whole(digits: str) -> int | None:
    """None for what Python refuses to read, and the whole text with it."""
    return int(digits) if len(digits) <= _MOST_DIGITS else None


def _decoder(into: object) -> msgspec.json.Decoder[Any]:
    found = _decoders.get(into)
    if found is None:
        found = _decoders[into] = msgspec.json.Decoder(cast("Any", into))
    return found


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        # A lone surrogate cannot be written anywhere later on.
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(item) for key, item in value.items()}
    return value


def _mend(value: Any, into: Any, path: str) -> Any:
    """`value` fitted to `into`, or _UNFIT."""
    try:
        return msgspec.convert(value, into)
    except (msgspec.ValidationError, OverflowError):
        pass
    kinds = get_args(into) if get_origin(into) in _UNION_ORIGINS else (into,)
    for kind in kinds:
        if kind is msgspec.Raw:
            return msgspec.Raw(json.dumps(value).encode())
        if isinstance(value, dict) and isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            return _mend_struct(value, kind, path)
        if isinstance(value, list | dict) and get_origin(kind) is type(value):
            return _mend_items(value, get_args(kind)[-1], path)
        if isinstance(value, str | float) and getattr(kind, "__origin__", kind) in _NUMBERS:
            # A number as text, a whole number with a fraction of zero.
            with suppress(msgspec.ValidationError, OverflowError):
                return msgspec.convert(value, kind, strict=False)
    _log.log(
        logging.DEBUG if path in _warned_of else logging.WARNING,
        "Dropped %s: not a value this field can have",
        path,
    )
    _warned_of.add(path)
    return _UNFIT


def _mend_struct(value: dict[str, Any], kind: type[msgspec.Struct], path: str) -> Any:
    kept = {}
    for known in msgspec.structs.fields(kind):
        if known.encode_name in value:
            part = _mend(value[known.encode_name], known.type, f"{path}.{known.encode_name}")
            if part is not _UNFIT:
                kept[known.name] = part
            elif known.name in getattr(kind, "essential", ()):
                return _UNFIT
    return kind(**kept)


def _mend_items(value: list[Any] | dict[str, Any], kind: Any, path: str) -> Any:
    if isinstance(value, list):
        parts = (_mend(item, kind, f"{path}[]") for item in value)
        return [part for part in parts if part is not _UNFIT]
    named = ((name, _mend(item, kind, f"{path}{{}}")) for name, item in value.items())
    return {name: part for name, part in named if part is not _UNFIT}
