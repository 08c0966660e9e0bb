"""Which names below a base path are versions, by TF Serving's rules.

Source: `tensorflow_serving/sources/storage_path/file_system_storage_path_source.cc` and a
recorded TF Serving 2.20. A child's name is a version when `absl::SimpleAtoi` reads it as an int64:
leading and trailing ASCII white space, one sign, and ASCII digits. Nobody asks whether the child
is a directory: a regular file called `8` is aspired and fails. Of several names of one number,
the last in string order is loaded ("1" beats "01").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NewType

Version = NewType("Version", int)

INT64_MIN = -(2**63)
INT64_MAX = 2**63 - 1

# At most 19 digits that count: more cannot be an int64, and `int` never sees a long string.
_NUMBER = re.compile(r"[ \t\n\v\f\r]*([+-]?)0*([0-9]{1,19})[ \t\n\v\f\r]*\Z")


def parse_version(name: str) -> Version | None:
    """The version that TF Serving reads in a child's name, None where it sees none."""
    match = _NUMBER.match(name)
    if match is None:
        return None
    number = int(match.group(1) + match.group(2))
    return Version(number) if INT64_MIN <= number <= INT64_MAX else None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionName:
    """A child of the base path that TF Serving takes for a version."""

    name: str
    version: Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """Several names of one number: `loaded` is served, `ignored` are not (under `latest`)."""

    version: Version
    loaded: str
    ignored: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionNames:
    """The children of one base path as TF Serving sees them, lowest version first."""

    versions: tuple[VersionName, ...]
    duplicates: tuple[Duplicate, ...]
    ignored: tuple[str, ...]

    def highest(self) -> VersionName | None:
        """What `latest` with its default of one version serves."""
        return self.versions[-1] if self.versions else None

    def holds(self, name: str) -> bool:
        """Whether a child of this name is what is loaded for its number."""
        return any(one.name == name for one in self.versions)

    def named(self, version: Version) -> VersionName | None:
        """The directory that is loaded for a number."""
        return next((one for one in self.versions if one.version == version), None)


def read_names(children: Iterable[str]) -> VersionNames:
    """Sorts the children of a base path into versions, duplicates and names without meaning."""
    by_number: dict[Version, list[str]] = {}
    ignored = []
    # C++ compares bytes; surrogate escapes keep names that are not UTF-8 in that order.
    for name in sorted(children, key=lambda child: child.encode("utf-8", "surrogateescape")):
        version = parse_version(name)
        if version is None:
            ignored.append(name)
        else:
            by_number.setdefault(version, []).append(name)
    return VersionNames(
        versions=tuple(
            VersionName(name=names[-1], version=number)
            for number, names in sorted(by_number.items())
        ),
        duplicates=tuple(
            Duplicate(version=number, loaded=names[-1], ignored=tuple(names[:-1]))
            for number, names in sorted(by_number.items())
            if len(names) > 1
        ),
        ignored=tuple(ignored),
    )
