"""Every fault that a check claims is caught, and the change that looks like it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.messages import alike, messages, told
from servegate.findings import Severity, Status
from tests.support.mutants import Mutant, Twin, all_mutants, all_twins, shown_mutants
from tests.support.scenes import Scene, gate, results, text_of


@pytest.mark.parametrize("mutant", all_mutants(), ids=str)
def test_mutant_is_caught(mutant: Mutant, tmp_path: Path) -> None:
    scene = Scene(tmp_path)
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


@pytest.mark.parametrize("twin", all_twins(), ids=str)
def test_twin_is_not_accused(twin: Twin, tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    twin.build(scene)
    found = results(gate(scene, only=[twin.check]), twin.check)

    assert found
    assert {one.status for one in found} == {Status.PASSED}, [one.message for one in found]
