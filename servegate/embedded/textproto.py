"""Text protos that flags name, read as `ParseProtoTextFile` in `server.cc` does."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TypeVar

from google.protobuf import text_format
from google.protobuf.message import Message

from servegate.embedded import log
from servegate.embedded.status import from_os_error, invalid_argument

AnyMessage = TypeVar("AnyMessage", bound=Message)


def read_text_proto(path: str, kind: type[AnyMessage]) -> AnyMessage:
    """The message in a file. Raises `StatusError`; the place of a mistake goes to the log."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise from_os_error(path, error) from error
    if not data:
        # TF Serving maps the file into memory, and an empty one cannot be mapped.
        raise from_os_error(path, OSError(errno.EINVAL, "empty"))
    try:
        return text_format.Parse(data.decode(), kind())
    except (text_format.ParseError, UnicodeDecodeError) as error:
        name = kind.DESCRIPTOR.full_name
        log.error("text_format.cc", 430, f"Error parsing text-format {name}: {error}")
        raise invalid_argument(f"Invalid protobuf file: '{path}'") from error
