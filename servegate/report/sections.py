"""A text of at most so many bytes: whole rows are left out from its end, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Rows that can be left out one by one, and what must stand around those that stay.

    `what` names the rows where they are counted. A section without rows is not written at all.
    """

    what: str
    rows: tuple[str, ...]
    opening: str = ""
    closing: str = ""

    def text(self, rows: int) -> str:
        """The section with its first `rows` rows."""
        if not rows:
            return ""
        return f"{self.opening}{''.join(self.rows[:rows])}{self.closing}"

    def fitting(self, room: int) -> int:
        """How many rows there is room for, in bytes of UTF-8."""
        room -= _size(self.opening) + _size(self.closing)
        for number, row in enumerate(self.rows):
            room -= _size(row)
            if room < 0:
                return number
        return len(self.rows)


def fit(sections: Sequence[Section], largest: int, note: Callable[[Counter[str]], str]) -> str:
    """The sections in at most `largest` bytes, then `note` of the rows that had to be left out.

    The first row without room ends the text, so what stands before it is complete. `note` must
    not grow when the counts shrink.
    """
    whole = "".join(section.text(len(section.rows)) for section in sections)
    if _size(whole) <= largest:
        return whole
    left_out = Counter[str]()
    for section in sections:
        left_out[section.what] += len(section.rows)
    room = largest - _size(note(left_out))
    text = ""
    for section in sections:
        rows = section.fitting(room)
        text += section.text(rows)
        room -= _size(section.text(rows))
        left_out[section.what] -= rows
        if rows < len(section.rows):
            break
    return text + note(+left_out)


def _size(text: str) -> int:
    return len(text.encode())
