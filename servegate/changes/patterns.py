"""The paths that `ignore:` and `changed_when:` name: files, directories, or globs."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase


class Patterns:
    """Paths and globs, all from the root of the repository; a directory stands for what is in it.

    In a glob `*`, `?` and `[…]` stay within one part of the path; `**` is any number of parts.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = tuple(parts for parts in (tuple(_parts(one)) for one in patterns) if parts)

    def match(self, path: str) -> bool:
        """Whether the path, or a directory above it, is named."""
        parts = path.split("/")
        return any(_match(parts, pattern) for pattern in self._patterns)


def _parts(pattern: str) -> Iterable[str]:
    return (part for part in pattern.split("/") if part not in {"", "."})


def _match(parts: list[str], pattern: tuple[str, ...]) -> bool:
    """Whether the pattern matches the path's beginning up to the end of one of its parts."""
    # The places in `parts` up to which the pattern may have matched so far; keeping them all
    # makes the time linear in the pattern, however many stars it has.
    reached = {0}
    for wanted in pattern:
        if wanted == "**":
            reached = set(range(min(reached), len(parts) + 1))
        else:
            reached = {
                place + 1
                for place in reached
                if place < len(parts)
                and (parts[place] == wanted or fnmatchcase(parts[place], wanted))
            }
        if not reached:
            return False
    return True
