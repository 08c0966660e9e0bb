"""What becomes of a check, whatever happens in it."""

from __future__ import annotations

from collections.abc import Iterator

from servegate.checks import Outcome
from servegate.engine.judge import Ruling, Rulings
from servegate.errors import CannotTell, Interrupted
from servegate.facts.serving import ServerFailed
from servegate.findings import Finding, NotExamined, Remark, Severity, Status
from servegate.providers import Blocked, Broken, Later, NotApplicable
from tests.support.checks import by_id, make_check, make_provider, run_checks


def passes() -> Outcome:
    yield Remark(message="All is well.", evidence={"n": 1})


def fails() -> Outcome:
    yield Finding(message="Minor.", severity=Severity.ADVISORY)
    yield Finding(message="Major.", remedy="Mend it.")


def _raise(error: Exception) -> Outcome:
    raise error


def raises() -> Outcome:
    yield from _raise(RuntimeError("unforeseen"))


def does_not_apply() -> Outcome:
    yield from _raise(NotApplicable("no examples", enable="give examples"))


def tells_of_a_neighbour() -> Outcome:
    yield NotExamined(what="a neighbour")


def test_the_four_outcomes() -> None:
    checks = tuple(map(make_check, (passes, fails, raises, does_not_apply)))
    found = by_id(run_checks(checks))
    assert {name: one.status for name, one in found.items()} == {
        "passes": Status.PASSED,
        "fails": Status.FAILED,
        "raises": Status.ERRORED,
        "does-not-apply": Status.SKIPPED,
    }
    assert found["passes"].message == "All is well."
    assert found["passes"].evidence == {"n": 1}


def test_the_worst_finding_speaks_for_a_check() -> None:
    result = by_id(run_checks((make_check(fails),)))["fails"]
    assert (result.message, result.remedy) == ("Major.", "Mend it.")
    assert result.rejects
    assert [one.severity for one in result.findings] == [Severity.BLOCKING, Severity.ADVISORY]


def test_an_exception_in_a_check_is_no_verdict_on_the_model() -> None:
    result = by_id(run_checks((make_check(raises),)))["raises"]
    assert not result.rejects
    assert "unforeseen" in result.message
    assert "fault of the gate" in result.remedy


def test_what_does_not_apply_is_listed_with_what_enables_it() -> None:
    examination = run_checks((make_check(does_not_apply), make_check(tells_of_a_neighbour)))
    assert examination.not_examined == (
        NotExamined(what="no examples", enable="give examples"),
        NotExamined(what="a neighbour"),
    )


def broken() -> int:
    raise Broken("Docker died.\nAt length.", remedy="Start it.")


def derived(broken: int) -> int:
    return broken


def first(broken: int) -> Outcome:
    yield from ()


def second(derived: int) -> Outcome:
    yield from ()


def test_a_trouble_is_told_once() -> None:
    checks = (make_check(first), make_check(second))
    found = by_id(run_checks(checks, (make_provider(broken), make_provider(derived))))
    assert found["first"].status is Status.ERRORED
    assert found["first"].remedy == "Start it."
    assert found["second"].status is Status.SKIPPED
    assert "test/first has the reason: Docker died." in found["second"].message


def dead() -> int:
    raise ServerFailed("The server died with signal 11.", "last line")


def dead_too() -> int:
    raise ServerFailed("Connection refused.", "last line")


def asks(dead: int) -> Outcome:
    yield from ()


def asks_again(dead_too: int) -> Outcome:
    yield from ()


def test_a_dead_server_is_told_once_with_the_end_of_its_log() -> None:
    checks = (make_check(asks), make_check(asks_again))
    found = by_id(run_checks(checks, (make_provider(dead), make_provider(dead_too))))
    assert found["asks"].status is Status.ERRORED
    assert "signal 11" in found["asks"].message
    assert "last line" in found["asks"].message
    assert found["asks-again"].status is Status.SKIPPED


def unusable() -> int:
    raise CannotTell("No model server.", remedy="Install one.")


def needs_unusable(unusable: int) -> Outcome:
    yield from ()


def test_what_the_gate_cannot_do_keeps_its_cure() -> None:
    found = by_id(run_checks((make_check(needs_unusable),), (make_provider(unusable),)))
    assert found["needs-unusable"].message == "No model server."
    assert found["needs-unusable"].remedy == "Install one."


def served() -> int:
    return 1


def wants_server(served: int) -> Outcome:
    yield from ()


def a_hopeless_one() -> Outcome:
    yield Finding(message="Hopeless.")


def test_a_hopeless_candidate_never_starts_a_server() -> None:
    provider = make_provider(served, blocked_by=("test/a-hopeless-one",))
    found = by_id(run_checks((make_check(a_hopeless_one), make_check(wants_server)), (provider,)))
    assert found["wants-server"].status is Status.SKIPPED
    assert "test/a-hopeless-one" in found["wants-server"].message


def test_an_accepted_failure_does_not_block_what_follows() -> None:
    provider = make_provider(served, blocked_by=("test/a-hopeless-one",))
    rulings = Rulings(accepted={"test/a-hopeless-one": "we know"})
    checks = (make_check(a_hopeless_one), make_check(wants_server))
    found = by_id(run_checks(checks, (provider,), rulings=rulings))
    assert found["wants-server"].status is Status.PASSED
    assert found["a-hopeless-one"].severity is Severity.ADVISORY
    assert "we know" in found["a-hopeless-one"].message


def test_the_configuration_sets_severities() -> None:
    rulings = Rulings(
        overrides={"test/fails": Ruling(severity=Severity.ADVISORY, reason="by label")}
    )
    result = by_id(run_checks((make_check(fails),), rulings=rulings))["fails"]
    assert not result.rejects
    assert "by label" in result.message


def minor() -> Outcome:
    yield Finding(message="Minor.", severity=Severity.ADVISORY)


def test_fail_on_advisory_makes_findings_block() -> None:
    assert not by_id(run_checks((make_check(minor),)))["minor"].rejects
    strict = run_checks((make_check(minor),), rulings=Rulings(strict=True))
    assert by_id(strict)["minor"].rejects


def interrupted() -> int:
    raise Interrupted("Interrupted.")


def needs_interrupted(interrupted: int) -> Outcome:
    yield from ()


def test_an_interruption_skips_what_is_left() -> None:
    checks = (make_check(passes), make_check(needs_interrupted), make_check(second))
    providers = (make_provider(interrupted), make_provider(broken), make_provider(derived))
    examination = run_checks(checks, providers)
    found = by_id(examination)
    assert examination.interrupted
    assert found["passes"].status is Status.PASSED
    assert found["needs-interrupted"].status is Status.SKIPPED
    assert found["second"].status is Status.SKIPPED


def blocked() -> int:
    raise Blocked("it does not load", by="version/loads")


def needs_blocked(blocked: int) -> Outcome:
    yield from ()


def test_a_blocked_check_names_the_one_that_has_the_reason() -> None:
    result = by_id(run_checks((make_check(needs_blocked),), (make_provider(blocked),)))
    assert result["needs-blocked"].status is Status.SKIPPED
    assert "version/loads has the reason: it does not load" in result["needs-blocked"].message


LIFE: list[str] = []


def alive() -> Iterator[str]:
    LIFE.append("started")
    try:
        yield "server"
    finally:
        LIFE.append("stopped")


def uses(alive: str) -> Outcome:
    LIFE.append(f"used {alive}")
    yield from ()


def uses_too(alive: str) -> Outcome:
    LIFE.append(f"used {alive}")
    yield from ()


def needs_it_no_more(alive: Later[str]) -> Outcome:
    yield from ()


def test_evidence_is_computed_once_and_cleaned_up_at_the_end() -> None:
    LIFE.clear()
    run_checks((make_check(uses), make_check(uses_too)), (make_provider(alive),))
    assert LIFE == ["started", "used server", "used server", "stopped"]


def test_evidence_for_later_is_not_computed_unless_it_is_asked_for() -> None:
    LIFE.clear()
    run_checks((make_check(needs_it_no_more),), (make_provider(alive),))
    assert LIFE == []
