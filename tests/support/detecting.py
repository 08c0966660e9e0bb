"""Every fault that a check claims is caught, and the change that looks like it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import pytest
from _pytest.mark import ParameterSet

from docs.messages import alike, messages, told
from servegate.findings import Severity, Status
from tests.support.mutants import Mutant, Twin, all_mutants, all_twins, shown_mutants
from tests.support.scenes import Scene, gate, results, text_of

_Case = TypeVar("_Case", Mutant, Twin)


def mutants_of(validator: str) -> list[ParameterSet]:
    """The mutants of a validator's checks; of one fault, all but the first are long."""
    of_validator = [one for one in all_mutants() if one.check.startswith(f"{validator}/")]
    return _parameters(of_validator, lambda one: (one.check, one.fault))


def twins_of(validator: str) -> list[ParameterSet]:
    """Their twins; of one check, all but the first are long."""
    of_validator = [one for one in all_twins() if one.check.startswith(f"{validator}/")]
    return _parameters(of_validator, lambda one: one.check)


def _parameters(found: Iterable[_Case], kind: Callable[[_Case], object]) -> list[ParameterSet]:
    seen: set[object] = set()
    parameters = []
    for one in found:
        marks = [pytest.mark.long] if kind(one) in seen else []
        parameters.append(pytest.param(one, id=str(one), marks=marks))
        seen.add(kind(one))
    return parameters


def assert_caught(mutant: Mutant, folder: Path) -> None:
    """Builds the mutant and lets its check speak, which has to say what it said before."""
    scene = Scene(folder)
    named = mutant.build(scene)
    found = results(gate(scene, only=[mutant.check]), mutant.check)

    failed = [one for one in found if one.status is Status.FAILED]
    assert failed, [(one.status, one.message) for one in found]
    wanted = Severity.ADVISORY if mutant.advisory else Severity.BLOCKING
    assert [one.severity for one in failed] == [wanted]
    for finding in failed[0].findings:
        assert all((finding.message, finding.expected, finding.observed, finding.remedy))
    telling = [one for one in failed[0].findings if named in text_of(one)]
    assert telling, f"{named} is not in {[text_of(one) for one in failed[0].findings]}"
    assert telling[0].severity is wanted
    if mutant == shown_mutants()[mutant.check]:
        assert alike(told(telling[0]), messages()[mutant.check]), "run make messages"


def assert_not_accused(twin: Twin, folder: Path) -> None:
    """Builds the twin and lets its check look."""
    scene = Scene(folder)
    twin.build(scene)
    found = results(gate(scene, only=[twin.check]), twin.check)

    assert found
    assert {one.status for one in found} == {Status.PASSED}, [one.message for one in found]
