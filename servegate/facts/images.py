"""What lies in the image that production builds for itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from servegate.deadline import Deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFile:
    """One file of an image: `digest` is the SHA-256 of its content in hexadecimal.

    `readable` says whether production's user can read it, by the modes of the file and of the
    directories around it.
    """

    digest: str
    readable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageTree:
    """A directory of production's image: its files by their path below it, empty without one.

    `image` is the name that people know the image by, `user` whom production's server runs as.
    """

    image: str
    place: str
    user: str
    files: Mapping[str, ImageFile] = field(default_factory=dict)


class ProductionImage(Protocol):
    """The image that the project builds itself (`serving.dockerfile`, `serving.built_image`)."""

    def tree(self, place: str, deadline: Deadline) -> ImageTree:
        """What lies below an absolute path. Raises `CannotTell`."""
