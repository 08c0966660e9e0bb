"""Text protos that flags name, read as `ParseProtoTextFile` in `server.cc` does."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TypeVar

from google.protobuf import text_format
from google.protobuf.message import Message

from servegate.embedded import log
from servegate.embedded.status import from_os_error, invalid_argument
from servegate.embedded.text_errors import as_cpp_says

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
    text = data.decode("utf-8", "surrogateescape")
    try:
        return text_format.Parse(text, kind())
    except (text_format.ParseError, UnicodeEncodeError) as error:
        said = as_cpp_says(error, text) if isinstance(error, text_format.ParseError) else error
        name = kind.DESCRIPTOR.full_name
        log.error(log.TEXT_FORMAT, 430, f"Error parsing text-format {name}: {said}")
        raise invalid_argument(f"Invalid protobuf file: '{path}'") from error
