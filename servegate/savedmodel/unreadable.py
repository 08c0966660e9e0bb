"""A file of a model that cannot be read: which, what is wrong with it, what to do."""

from __future__ import annotations

from enum import StrEnum

from servegate.savedmodel.lfs import Pointer


class Fault(StrEnum):
    """What kind of thing is wrong, for callers that treat one kind apart."""

    MISSING = "missing"
    DENIED = "no permission"
    NOT_A_FILE = "not a regular file"
    LINK = "a link out of the model's directory"
    POINTER = "a Git LFS pointer"
    TOO_LARGE = "too large"
    EMPTY = "empty"
    TRUNCATED = "cut short"
    MALFORMED = "malformed"
    TAGS = "no meta graph with the tags that are served"


class Unreadable(Exception):
    """A file that cannot be used as it is.

    `file` is relative to the version directory, `what` reads on from it ("is empty (0 bytes)"),
    `remedy` is a sentence. `pointer` is set for `Fault.POINTER`.
    """

    def __init__(
        self, file: str, what: str, remedy: str, fault: Fault, pointer: Pointer | None = None
    ) -> None:
        super().__init__(file, what, remedy)
        self.file = file
        self.what = what
        self.remedy = remedy
        self.fault = fault
        self.pointer = pointer

    @property
    def sentence(self) -> str:
        """The file and what is wrong with it, as one sentence."""
        return f"{self.file} {self.what}."

    def __str__(self) -> str:
        return f"{self.sentence} {self.remedy}"
