"""What is declared under `sensitivity` in `servegate.yml`: slips of the pen, and what is outlived.

A declaration keeps a check silent. One that names nothing, or that nothing needs any longer, would
keep it silent about the next fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

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
    key: str, kind: Literal["input", "output"], declared: Sequence[Declared], reading: GraphReading
) -> Iterator[Finding]:
    """The names under `sensitivity` that no signature has an input, or an output, of."""
    known = inputs_of(reading) if kind == "input" else outputs_of(reading)
    for one in declared:
        if one.name not in known and not reading.broken:
            yield Finding(
                message=f"`sensitivity: {key}:` names {one.name!r}, and no signature has an "
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
        message=f"`sensitivity: {key}:` names {one.name!r}, which needs it no longer: {why}",
        expected="declarations of what this version does",
        observed=why,
        remedy="Take the line out: it would keep the next fault of this kind silent.",
        location=one.location,
        severity=Severity.ADVISORY,
    )
