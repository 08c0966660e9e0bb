"""What the repository's own clients and request fixtures ask a model server for."""

from __future__ import annotations

from dataclasses import dataclass

from servegate.findings import Location
from servegate.tfserving.versions import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRequest:
    """A place that names a model, with a version or a label where it pins one.

    `changed`: the change touches the file. Names that are put together at run time are not here.
    """

    location: Location
    model: str
    version: Version | None = None
    label: str | None = None
    changed: bool = False
