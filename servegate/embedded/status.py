"""The outcome of an operation, as absl::Status says it: a code and a message.

Codes, their numbers and their HTTP counterparts are those of TF Serving (`absl/status/status.h`,
`tensorflow_serving/model_servers/http_server.cc`).
"""

from __future__ import annotations

import errno
import os
from enum import IntEnum


class Code(IntEnum):
    """absl::StatusCode; gRPC uses the same numbers."""

    OK = 0
    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16


HTTP_STATUS = {
    Code.OK: 200,
    Code.CANCELLED: 499,
    Code.UNKNOWN: 500,
    Code.INVALID_ARGUMENT: 400,
    Code.DEADLINE_EXCEEDED: 504,
    Code.NOT_FOUND: 404,
    Code.ALREADY_EXISTS: 409,
    Code.PERMISSION_DENIED: 403,
    Code.RESOURCE_EXHAUSTED: 429,
    Code.FAILED_PRECONDITION: 400,
    Code.ABORTED: 409,
    Code.OUT_OF_RANGE: 400,
    Code.UNIMPLEMENTED: 501,
    Code.INTERNAL: 500,
    Code.UNAVAILABLE: 503,
    Code.DATA_LOSS: 500,
    Code.UNAUTHENTICATED: 401,
}

# tsl/platform/errors.cc: IOErrorFromErrno; what is not listed there is UNKNOWN.
_CODE_OF_ERRNO = {
    errno.EINVAL: Code.INVALID_ARGUMENT,
    errno.ENAMETOOLONG: Code.INVALID_ARGUMENT,
    errno.ENOENT: Code.NOT_FOUND,
    errno.EEXIST: Code.ALREADY_EXISTS,
    errno.EPERM: Code.PERMISSION_DENIED,
    errno.EACCES: Code.PERMISSION_DENIED,
    errno.ENOTDIR: Code.FAILED_PRECONDITION,
    errno.EISDIR: Code.FAILED_PRECONDITION,
    errno.ELOOP: Code.INVALID_ARGUMENT,
    errno.ENOSPC: Code.RESOURCE_EXHAUSTED,
    errno.EMFILE: Code.RESOURCE_EXHAUSTED,
}


class StatusError(Exception):
    """A status that is not OK. `str()` gives it as TF Serving's log does: `CODE: message`."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.code.name}: {self.message}"


def invalid_argument(message: str) -> StatusError:
    """The most frequent status: the request, or the configuration, is wrong."""
    return StatusError(Code.INVALID_ARGUMENT, message)


def from_os_error(path: str, error: OSError) -> StatusError:
    """The status TF's file system gives for a failed call: `<path>; <strerror>`."""
    number = error.errno or 0
    code = _CODE_OF_ERRNO.get(number, Code.UNKNOWN)
    return StatusError(code, f"{path}; {os.strerror(number)}")


def from_exception(error: Exception) -> StatusError:
    """The status of a failure that nobody foresaw: INTERNAL, and the server goes on."""
    if isinstance(error, StatusError):
        return error
    return StatusError(Code.INTERNAL, f"{type(error).__name__}: {error}")
