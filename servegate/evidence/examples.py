"""The examples that a team recorded: JSON lines in the repository and beside the model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from servegate.evidence.arrays import NotAnArray, to_tensors
from servegate.facts.change import Candidate, ModelChange
from servegate.facts.examples import Example
from servegate.facts.serving import Tensors
from servegate.facts.settings import Settings
from servegate.findings import Location
from servegate.providers import Broken, NotApplicable, Stage, provides
from servegate.tfserving.versions import Version, parse_version

BESIDE_THE_MODEL = "assets.extra/servegate_examples.jsonl"
KEYS = ("raw", "inputs", "outputs", "for_version")

MAX_EXAMPLES = 10_000
_MAX_LINE = 2**24


@provides(stage=Stage.FILES)
def examples(candidate: Candidate, change: ModelChange, settings: Settings) -> tuple[Example, ...]:
    """All examples; those beside the model are bound to its version.

    Raises `Broken` naming file and line for what cannot be read: the gate cannot tell what the
    team meant.
    """
    found: list[Example] = []
    beside = candidate.root / BESIDE_THE_MODEL
    if beside.is_file():
        place = f"{candidate.place}/{BESIDE_THE_MODEL}"
        found += _read(beside, place, first=1, bound=candidate.version)
    if settings.examples is not None:
        path = change.root / settings.examples
        found += _read(path, settings.examples, first=len(found) + 1, bound=None)
    if not found:
        raise NotApplicable(
            "no examples: only inputs made from the signature were asked",
            enable="give `examples:` for this model in servegate.yml",
        )
    return tuple(found)


def _read(path: Path, place: str, *, first: int, bound: Version | None) -> Iterator[Example]:
    try:
        with path.open("rb") as lines:
            number = first
            for line_number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                if number - first >= MAX_EXAMPLES:
                    return
                yield _example(line, number, Location(file=place, line=line_number), bound)
                number += 1
    except OSError as error:
        raise Broken(f"The examples in {place} cannot be read: {error.strerror}.") from error


def _example(line: bytes, number: int, location: Location, bound: Version | None) -> Example:
    if len(line) > _MAX_LINE:
        raise _unreadable(location, f"the line is longer than {_MAX_LINE} bytes")
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _unreadable(location, f"no JSON: {error}") from error
    if not isinstance(value, dict):
        raise _unreadable(location, f"an object with {', '.join(KEYS)} was expected")
    unknown = sorted(set(value) - set(KEYS))
    if unknown or not value:
        raise _unreadable(location, f"unknown keys {unknown}; known are {', '.join(KEYS)}")
    return Example(
        number=number,
        location=location,
        raw=value.get("raw"),
        has_raw="raw" in value,
        inputs=_tensors(value, "inputs", location),
        outputs=_tensors(value, "outputs", location),
        for_version=bound if bound is not None else _version(value, location),
    )


def _tensors(value: dict[str, object], key: str, location: Location) -> Tensors | None:
    if value.get(key) is None:
        return None
    try:
        return to_tensors(value[key])
    except NotAnArray as error:
        raise _unreadable(location, f"`{key}`: {error}") from error


def _version(value: dict[str, object], location: Location) -> Version | None:
    written = value.get("for_version")
    if written is None:
        return None
    version = parse_version(str(written))
    if version is None or isinstance(written, bool | float):
        raise _unreadable(location, f"`for_version` is {written!r}, which is no version")
    return version


def _unreadable(location: Location, what: str) -> Broken:
    return Broken(
        f"The example at {location} cannot be read: {what}.",
        remedy=f'Write one object a line: {{"raw": …, "inputs": {{…}}, "outputs": {{…}}}}. '
        f"See {location.file}.",
    )
