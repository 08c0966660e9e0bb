"""A fixed sample of the bench of detection: what is missed, and who is accused.

`make bench-detection` runs all of it. Each plan runs on the first sample model that it fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from benchmarks.detection.bench import Bench
from benchmarks.detection.case import Kind, Plan, of_mutators, of_origins, of_scenarios, sample
from benchmarks.detection.exceptions import accepted, superfluous
from benchmarks.detection.inheritance import origins_to_ask, with_inherited
from benchmarks.detection.origin import Origin, sample_origins
from benchmarks.detection.registry import all_mutators, all_scenarios
from benchmarks.detection.tally import Claims, claimed_faults
from servegate.cli.registry import all_checks

SIZE = 32
_LATER = 8
"""Of so many, one is run by `make test`: they take some ten seconds each."""

CLAIMS: Claims = {check.id: check.claims for check in all_checks()}


def worth_running() -> Iterator[Plan]:
    """Everything that can fail, and that needs no container."""
    known = claimed_faults(CLAIMS)
    for plan in of_mutators(all_mutators()):
        if not plan.docker and (plan.kind is Kind.TWIN or plan.subject in known):
            yield plan
    yield from of_scenarios(all_scenarios())


PLANS = [
    pytest.param(plan, id=plan.id, marks=[pytest.mark.long] if number % _LATER else [])
    for number, plan in enumerate(sample(tuple(worth_running()), SIZE))
]


@pytest.fixture(scope="module")
def origins(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Origin]:
    folder = tmp_path_factory.mktemp("bench") / "origins"
    return {one.name: one for one in sample_origins(folder)}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """One for all plans, so that a healthy model is measured once."""
    folder = tmp_path_factory.mktemp("running")
    return Bench(folder=folder, runtime="embedded", most=1, prove=True, tell=print)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("plan", PLANS)
def test_sample(plan: Plan, bench: Bench, origins: Mapping[str, Origin]) -> None:
    before, misfits, broken = len(bench.rows), len(bench.misfits), len(bench.broken)
    bench.run(plan.on(origins.values()), jobs=1)
    asked = origins_to_ask(bench.rows)
    bench.run(of_origins(origins[name] for name in sorted(asked)), jobs=1)

    assert bench.broken[broken:] == []
    if len(bench.rows) == before:
        pytest.skip(f"fits no sample model: {bench.misfits[misfits:]}")
    (found,) = (row for row in with_inherited(bench.rows)[before:] if row.kind is not Kind.HEALTHY)
    failing = [found.case] if found.fails(CLAIMS) else []
    spoke = (found.outcome(CLAIMS), found.exit_code, found.spoke)
    assert [case for case in failing if case not in accepted()] == [], spoke
    assert superfluous(failing, [found.case]) == (), "this exception is no longer needed"
