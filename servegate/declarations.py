"""What is declared under `sensitivity` in `servegate.yml`: slips of the pen, and what is outlived.

A declaration keeps a check silent. One that names nothing, or that nothing needs any longer, would
keep it silent about the next fault.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from servegate.facts.reading import GraphReading
from servegate.facts.settings import Declared
from servegate.findings import Finding, Severity
from servegate.wording import listed, nearest


def outputs_of(reading: GraphReading) -> frozenset[str]:
    """The names of the outputs of all signatures."""
    return frozenset(one.name for signature, _ in reading.dependences for one in signature.outputs)


def inputs_of(reading: GraphReading) -> frozenset[str]:
    """The names of their inputs."""
    return frozenset(one.name for signature, _ in reading.dependences for one in signature.inputs)


def slips(
    key: str, declared: Sequence[Declared], known: Collection[str], reading: GraphReading
) -> Iterator[Finding]:
    """The declarations of names that no signature has; `key` is the one in `sensitivity`."""
    kind = "input" if key == "ignores" else "output"
    for one in declared:
        if one.name not in known and not reading.broken:
            yield Finding(
                message=f"`sensitivity: {key}:` declares {one.name!r}, and no signature has an "
                f"{kind} of this name{nearest(one.name, known) or '.'}",
                expected=f"one of {listed(sorted(known))}",
                observed=one.name,
                remedy="Correct the name, or take the line out.",
                location=one.location,
                severity=Severity.ADVISORY,
            )


def outlived(key: str, one: Declared, why: str) -> Finding:
    """A declaration that nothing needs any longer."""
    return Finding(
        message=f"`sensitivity: {key}:` declares {one.name!r}, which needs it no longer: {why}",
        expected="declarations of what this version does",
        observed=why,
        remedy="Take the line out: it would keep the next fault of this kind silent.",
        location=one.location,
        severity=Severity.ADVISORY,
    )
