"""Checks and evidence fit together, or nothing runs."""

from __future__ import annotations

import pytest

import servegate.evidence
import validators
from servegate.checks import Outcome
from servegate.engine.registry import Misfit, check_ids, find_checks, find_providers, registry
from servegate.providers import Later, Stage
from tests.support.checks import make_check, make_provider


def needs_one(one: int) -> Outcome:
    yield from ()


def needs_two(two: int) -> Outcome:
    yield from ()


def needs_two_later(two: Later[int]) -> Outcome:
    yield from ()


def needs_nothing() -> Outcome:
    yield from ()


def one() -> int:
    return 1


def two(one: int) -> int:
    return one + 1


def circle(spiral: int) -> int:
    return spiral


def spiral(circle: int) -> int:
    return circle


def test_checks_that_need_less_run_first() -> None:
    found = registry(
        [make_check(needs_two), make_check(needs_one), make_check(needs_nothing)],
        [make_provider(one), make_provider(two, stage=Stage.SERVER)],
        (),
    )
    assert [check.id for check in found.ordered()] == [
        "test/needs-nothing",
        "test/needs-one",
        "test/needs-two",
    ]


def test_evidence_that_is_wanted_later_counts_for_the_stage_too() -> None:
    found = registry(
        [make_check(needs_two_later)],
        [make_provider(one), make_provider(two, stage=Stage.SERVER)],
        (),
    )
    assert found.stage(found.checks[0]) is Stage.SERVER


def test_a_name_that_nobody_provides() -> None:
    with pytest.raises(Misfit, match=r"test/needs-one needs the evidence 'one', which nobody"):
        registry([make_check(needs_one)], [], ())


def test_evidence_that_is_provided_twice() -> None:
    with pytest.raises(Misfit, match="'one' is provided twice"):
        registry([], [make_provider(one)], ["one"])


def test_evidence_that_needs_itself() -> None:
    with pytest.raises(Misfit, match="circle -> spiral -> circle"):
        registry([], [make_provider(circle), make_provider(spiral)], ())


def test_a_check_runs_only_if_its_seeds_are_there() -> None:
    found = registry([make_check(needs_two)], [make_provider(two)], ["one"])
    assert found.can_run(found.checks[0], ["one"])
    assert not found.can_run(found.checks[0], [])


def test_ids_are_known_from_file_names() -> None:
    assert list(check_ids(validators)) == [check.id for check in find_checks(validators)]


def test_providers_are_found_by_the_names_of_their_functions() -> None:
    names = {provider.name for provider in find_providers(servegate.evidence)}
    assert {"production", "server", "replies", "baseline_replies", "examples"} <= names
