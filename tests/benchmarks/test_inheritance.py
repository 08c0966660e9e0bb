"""Advice that the healthy change earns too is not held against a scenario."""

from __future__ import annotations

from benchmarks.detection.case import Kind
from benchmarks.detection.inheritance import origins_to_ask, with_inherited
from benchmarks.detection.row import Outcome
from tests.support.benchrows import CLAIMS, row

HEALTHY = row(Kind.HEALTHY, "healthy", advised=("style",))


def test_inherited_advice_is_allowed() -> None:
    rows = (HEALTHY, row(Kind.SCENARIO, "H01", advised=("style",)))
    assert rows[1].outcome(CLAIMS) is Outcome.ACCUSED
    assert with_inherited(rows)[1].outcome(CLAIMS) is Outcome.PASSED


def test_new_advice_is_not() -> None:
    rows = with_inherited((HEALTHY, row(Kind.SCENARIO, "H01", advised=("style", "deaf"))))
    assert rows[1].outcome(CLAIMS) is Outcome.ACCUSED


def test_another_model_inherits_nothing() -> None:
    other = row(Kind.SCENARIO, "H01", advised=("style",), origin="cars")
    assert with_inherited((HEALTHY, other))[1].outcome(CLAIMS) is Outcome.ACCUSED


def test_a_failure_is_never_inherited() -> None:
    failing = row(Kind.SCENARIO, "H01", exit_code=1, failed=("style",))
    assert with_inherited((HEALTHY, failing))[1].outcome(CLAIMS) is Outcome.ACCUSED


def test_a_mutant_must_be_caught_all_the_same() -> None:
    mutant = row(Kind.MUTANT, "G01", advised=("style",))
    assert with_inherited((HEALTHY, mutant))[1] is mutant


def test_only_models_with_advice_are_asked() -> None:
    quiet = row(Kind.SCENARIO, "H01", origin="ozone")
    loud = row(Kind.SCENARIO, "H01", advised=("style",))
    twin = row(Kind.TWIN, "G01", advised=("style",), origin="cars")
    assert origins_to_ask((quiet, loud, twin)) == {"iris"}
    assert origins_to_ask((quiet, loud, HEALTHY)) == frozenset()
