"""Checks and providers made on the spot, and a store to run them in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from servegate.checks import Check, Outcome
from servegate.engine.judge import Rulings
from servegate.engine.registry import registry
from servegate.engine.run import Examination, examine
from servegate.engine.store import EvidenceStore
from servegate.findings import CheckResult, Severity
from servegate.progress import Silent
from servegate.providers import Provider, Stage, needs_of


def make_check(
    function: Callable[..., Outcome], *, name: str = "", severity: Severity = Severity.BLOCKING
) -> Check:
    """A check `test/<function name>` of a plain function."""
    return Check(
        id=f"test/{(name or function.__name__).replace('_', '-')}",
        title=function.__name__,
        page="",
        function=function,
        severity=severity,
        claims=(),
        needs=needs_of(function),
    )


def make_provider(
    function: Callable[..., object],
    *,
    stage: Stage = Stage.FILES,
    blocked_by: tuple[str, ...] = (),
) -> Provider:
    """A provider of the evidence that the function is named after."""
    return Provider(
        name=function.__name__,
        stage=stage,
        function=function,
        needs=needs_of(function),
        blocked_by=blocked_by,
    )


def run_checks(
    checks: tuple[Check, ...],
    providers: tuple[Provider, ...] = (),
    seeds: Mapping[str, object] | None = None,
    rulings: Rulings | None = None,
) -> Examination:
    """Runs them as the pipeline does, cleanup included."""
    given = seeds or {}
    found = registry(checks, providers, given)
    with EvidenceStore(found, given, "model 1", Silent()) as store:
        return examine(store, rulings or Rulings())


def by_id(examination: Examination) -> dict[str, CheckResult]:
    """The results by the last part of their ids."""
    return {one.id.partition("/")[2]: one for one in examination.results}
