"""Messages of TF Serving that the package of its APIs leaves out, made at run time.

Text protos know fields by their names, so a reader of such files needs the whole message.
"""

from __future__ import annotations

from collections.abc import Mapping

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, wrappers_pb2
from google.protobuf.message import Message

_PACKAGE = "tensorflow.serving"
_WRAPPERS = frozenset(wrappers_pb2.DESCRIPTOR.message_types_by_name)
_Types = descriptor_pb2.FieldDescriptorProto
_SCALARS = {"bool": _Types.TYPE_BOOL, "int64": _Types.TYPE_INT64, "string": _Types.TYPE_STRING}


def message_class(file: str, name: str, messages: Mapping[str, Mapping[str, str]]) -> type[Message]:
    """The message called `name` of a file of proto 3, of which `messages` holds all.

    A field is its name and its type; fields are numbered from one in their order. A type is a
    scalar, a message of the file, or a wrapper (`Int64Value`), and may be `repeated`.
    """
    # A pool of its own: the real file may be in the default one some day.
    pool = descriptor_pool.DescriptorPool()
    wrappers = descriptor_pb2.FileDescriptorProto()
    wrappers_pb2.DESCRIPTOR.CopyToProto(wrappers)
    pool.Add(wrappers)
    described = descriptor_pb2.FileDescriptorProto(
        name=file, package=_PACKAGE, syntax="proto3", dependency=[wrappers.name]
    )
    for message, fields in messages.items():
        added = described.message_type.add(name=message)
        for number, (field, kind) in enumerate(fields.items(), 1):
            added.field.append(_field(field, number, kind))
    pool.Add(described)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}"))


def _field(name: str, number: int, kind: str) -> descriptor_pb2.FieldDescriptorProto:
    single = kind.removeprefix("repeated ")
    field = _Types(name=name, number=number)
    field.label = _Types.LABEL_OPTIONAL if single == kind else _Types.LABEL_REPEATED
    if single in _SCALARS:
        field.type = _SCALARS[single]
    else:
        field.type = _Types.TYPE_MESSAGE
        package = "google.protobuf" if single in _WRAPPERS else _PACKAGE
        field.type_name = f".{package}.{single}"
    return field
