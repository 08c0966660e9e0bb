"""Production's flags: those of them that name a file of the repository."""

from __future__ import annotations

from pathlib import Path


def file_in(flag: str, root: Path) -> str | None:
    """The file of the repository, relative to it, that `--flag=value` names; None without one."""
    value = flag.partition("=")[2]
    if not value or Path(value).is_absolute() or not (root / value).is_file():
        return None
    return value


def with_absolute_paths(flags: tuple[str, ...], root: Path) -> tuple[str, ...]:
    """The flags for a server whose working directory is not the repository."""
    return tuple(
        flag if (file := file_in(flag, root)) is None else f"{flag.partition('=')[0]}={root / file}"
        for flag in flags
    )
