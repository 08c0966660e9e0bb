"""Git LFS pointers in place of files.

Source: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
"""

from __future__ import annotations

import hashlib
from pathlib import Path


def make_pointer(file: Path) -> None:
    """Puts the pointer to a file in the file's place."""
    content = file.read_bytes()
    file.write_text(
        "version https://git-lfs.github.com/spec/v1\n"
        f"oid sha256:{hashlib.sha256(content).hexdigest()}\nsize {len(content)}\n"
    )
