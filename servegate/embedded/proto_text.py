"""Messages as C++'s protocol buffers write them: as JSON, and as text.

Source: `MessageToJsonString` with the options of `http_rest_api_util.cc`, `Message::DebugString`,
and `SimpleFtoa` and `SimpleDtoa` of protocol buffers. Python's own writers have other digits.
"""

from __future__ import annotations

import base64
import json
import math
import re
import struct
from collections.abc import Iterable
from typing import Any

from google.protobuf import text_format
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

_SINGLE = struct.Struct("<f")
_QUOTED_NUMBERS = {
    FieldDescriptor.CPPTYPE_INT64,
    FieldDescriptor.CPPTYPE_UINT64,
}
_WRAPPERS = frozenset({"google.protobuf.Int64Value"})
_TEXT_FLOAT = re.compile(r"^(\s*\w*(float|double|complex)_val: )(.+)$", re.MULTILINE)
_HTML = {ord("<"): "\\u003c", ord(">"): "\\u003e", 0x7F: "\\u007f"}


def to_json(message: Message) -> str:
    """A message as JSON, one space for each level, fields without presence always there."""
    return _json(message, 0) + "\n"


def debug_string(message: Message) -> str:
    """A message as text."""
    return _TEXT_FLOAT.sub(_refine, text_format.MessageToString(message))


def _refine(match: re.Match[str]) -> str:
    single = match[2] == "float" or match[1].lstrip().startswith("s")
    return match[1] + shortest(float(match[3]), single=single)


def shortest(value: float, *, single: bool) -> str:
    """A number of 32 or 64 bits with as few digits as protocol buffers grant it: two choices."""
    if not math.isfinite(value):
        return "nan" if math.isnan(value) else ("-inf" if value < 0 else "inf")
    few, many = (6, 9) if single else (15, 17)
    text = f"{value:.{few}g}"
    if _rounded(float(text), single=single) == _rounded(value, single=single):
        return text
    return f"{_rounded(value, single=single):.{many}g}"


def _rounded(value: float, *, single: bool) -> float:
    rounded: float = _SINGLE.unpack(_SINGLE.pack(value))[0] if single else value
    return rounded


def _json(value: Any, level: int) -> str:  # noqa: ANN401 - any message
    if value.DESCRIPTOR.full_name in _WRAPPERS:
        return _scalar(value.DESCRIPTOR.fields_by_name["value"], value.value, level)
    members = []
    for field in value.DESCRIPTOR.fields:
        if field.is_repeated or not field.has_presence or value.HasField(field.name):
            text = _field(field, getattr(value, field.name), level + 1)
            members.append(f"{_string(field.name)}: {text}")
    return _bracketed("{", members, "}", level)


def _field(field: FieldDescriptor, value: Any, level: int) -> str:  # noqa: ANN401 - any field
    if not field.is_repeated:
        return _scalar(field, value, level)
    if field.message_type and field.message_type.GetOptions().map_entry:
        inner = field.message_type.fields_by_name["value"]
        members = [
            f"{_string(str(key))}: {_scalar(inner, value[key], level + 1)}" for key in sorted(value)
        ]
        return _bracketed("{", members, "}", level)
    return _bracketed("[", [_scalar(field, one, level + 1) for one in value], "]", level)


def _scalar(field: FieldDescriptor, value: Any, level: int) -> str:  # noqa: ANN401 - any
    match field.cpp_type:
        case FieldDescriptor.CPPTYPE_MESSAGE:
            return _json(value, level)
        case FieldDescriptor.CPPTYPE_ENUM:
            known = field.enum_type.values_by_number if field.enum_type else {}
            return _string(known[value].name) if value in known else str(value)
        case FieldDescriptor.CPPTYPE_BOOL:
            return "true" if value else "false"
        case FieldDescriptor.CPPTYPE_STRING:
            return _string(value if isinstance(value, str) else base64.b64encode(value).decode())
        case FieldDescriptor.CPPTYPE_FLOAT | FieldDescriptor.CPPTYPE_DOUBLE:
            return _number(value, single=field.cpp_type == FieldDescriptor.CPPTYPE_FLOAT)
        case kind if kind in _QUOTED_NUMBERS:
            return f'"{value}"'
        case _:
            return str(value)


def _number(value: float, *, single: bool) -> str:
    if math.isfinite(value):
        return shortest(value, single=single)
    return '"NaN"' if math.isnan(value) else ('"-Infinity"' if value < 0 else '"Infinity"')


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).translate(_HTML)


def _bracketed(opening: str, members: Iterable[str], closing: str, level: int) -> str:
    indent = "\n" + " " * (level + 1)
    inside = f",{indent}".join(members)
    return f"{opening}{indent}{inside}\n{' ' * level}{closing}" if inside else opening + closing
