"""Git LFS pointers: the small text files that stand for content which was not fetched.

Source: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_POINTER = 1024
"""A pointer is smaller than this many bytes, says the specification."""

_VERSION = b"version https://git-lfs.github.com/spec/v1"
_OID = re.compile(rb"^oid sha256:([0-9a-f]{64})\s*$", re.MULTILINE)
_SIZE = re.compile(rb"^size ([0-9]{1,18})\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """What a pointer says of the content: its SHA-256 (hexadecimal) and size in bytes.

    A pointer that was mangled (merged, cut) says neither: both are None.
    """

    oid: str | None
    size: int | None


def parse_pointer(data: bytes) -> Pointer | None:
    """The pointer that a file's first `MAX_POINTER` bytes are, None where they are none."""
    if not data.startswith(_VERSION):
        return None
    oid, size = _OID.search(data), _SIZE.search(data)
    return Pointer(
        oid=oid.group(1).decode() if oid else None,
        size=int(size.group(1)) if size else None,
    )
