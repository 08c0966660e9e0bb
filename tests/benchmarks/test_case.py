"""Which models a plan takes, and which plans a sample."""

from __future__ import annotations

from collections import Counter

from benchmarks.detection.case import Kind, of_mutators, sample
from benchmarks.detection.registry import all_mutators
from tests.support.benchrows import paper_origin, plan

ORIGINS = [paper_origin(name) for name in ("cars", "iris", "ozone", "reviews")]
PLANS = [
    plan(kind, subject, f"{subject}/{number}")
    for subject, faces in (("G01", 5), ("G02", 1), ("V01", 3))
    for number in range(faces)
    for kind in (Kind.MUTANT, Kind.TWIN)
]


def test_a_fault_and_its_twin_take_the_models_in_one_order() -> None:
    by_group: dict[str, set[tuple[str, ...]]] = {}
    for one in of_mutators(all_mutators()):
        order = tuple(case.origin.name for case in one.on(ORIGINS))
        assert sorted(order) == ["cars", "iris", "ozone", "reviews"]
        by_group.setdefault(one.group, set()).add(order)
    assert {len(orders) for orders in by_group.values()} == {1}
    assert len(set.union(*by_group.values())) > 1


def test_the_order_of_the_models_does_not_depend_on_the_order_given() -> None:
    first, second = (
        [case.id for case in PLANS[0].on(origins)] for origins in (ORIGINS, ORIGINS[::-1])
    )
    assert first == second
    assert first[0].startswith("mutant G01 G01/0 on ")


def test_a_case_is_its_plan_on_a_model() -> None:
    (case,) = PLANS[1].on(ORIGINS[:1])
    assert (case.kind, case.subject, case.group, case.origin) == (
        Kind.TWIN,
        "G01",
        "G01/0",
        ORIGINS[0],
    )


def test_the_same_sample_every_time() -> None:
    assert sample(PLANS, 6) == sample(PLANS[::-1], 6)
    assert set(sample(PLANS, 4)) < set(sample(PLANS, 9))


def test_a_sample_is_spread_over_the_subjects() -> None:
    assert {one.subject for one in sample(PLANS, 3)} == {"G01", "G02", "V01"}
    assert Counter(one.subject for one in sample(PLANS, 6)) == {"G01": 2, "G02": 2, "V01": 2}


def test_a_sample_holds_no_more_than_there_is() -> None:
    assert sorted(one.id for one in sample(PLANS, 100)) == sorted(one.id for one in PLANS)
