from __future__ import annotations

from dataclasses import replace

import pytest

from servegate.checks import Outcome
from servegate.facts.change import Event
from servegate.facts.production import Production, Situation
from servegate.facts.settings import Rollout, Settings, WrittenFlag
from servegate.facts.start import LabelAnswer, ProductionStart
from servegate.findings import Location, NotExamined, Severity
from servegate.providers import Absent, Blocked, Broken, NotApplicable
from servegate.tfserving.policy import VersionPolicy
from servegate.tfserving.versions import Version
from tests.support.evidence import (
    change,
    child,
    finding,
    findings,
    later,
    production,
    remarks,
    situation,
    specific,
)
from validators.version.labels_resolve import labels_resolve

_ALLOWED = WrittenFlag(text="--allow_version_labels_for_unavailable_models=true")
_LINE = Location(file="deploy/models.config", line=7)
_BOTH = change(child("1", Event.UNCHANGED), child("2"))


def _labelled(*versions: str, policy: VersionPolicy | None = None, **labels: int) -> Situation:
    plain = situation(*versions, policy=policy or VersionPolicy())
    assert plain.model is not None
    named = {label: Version(one) for label, one in labels.items()}
    marked = replace(plain.model, labels=named, label_locations=dict.fromkeys(labels, _LINE))
    return replace(plain, model=marked)


def _production(head: Situation, base: Situation) -> Production:
    had = base.model is not None and bool(base.model.labels)
    return replace(production(head, base), labels_are_new=not had)


def _start(**labels: LabelAnswer) -> ProductionStart:
    return ProductionStart(runtime="embedded", served={"prices": Version(2)}, labels=labels)


def _answers(**labels: int) -> ProductionStart:
    return _start(**{name: LabelAnswer(version=Version(one)) for name, one in labels.items()})


def _check(
    simulated: Production,
    start: ProductionStart | Absent,
    *flags: WrittenFlag,
    rollout: Rollout = Rollout.VOLUME,
) -> Outcome:
    settings = Settings(rollout=rollout, written_flags=flags)
    return labels_resolve(_BOTH, simulated, settings, later(start))


_MOVED = _production(
    _labelled("1", "2", policy=specific(1, 2), stable=2),
    _labelled("1", "2", policy=specific(1, 2), stable=1),
)


def test_nothing_is_labelled() -> None:
    with pytest.raises(NotApplicable):
        list(_check(production(), _answers()))


def test_says_what_each_label_answers() -> None:
    assert remarks(_check(_MOVED, _answers(stable=2))) == [
        "Asked by label: 'stable' answers from 2."
    ]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (LabelAnswer(version=Version(1)), "version 1"),
        (LabelAnswer(refusal="NOT_FOUND: Servable not found"), "NOT_FOUND"),
    ],
)
def test_a_server_that_answers_otherwise_is_believed(answer: LabelAnswer, words: str) -> None:
    found = finding(_check(_MOVED, _start(stable=answer)))

    assert found.expected == "version 2"
    assert words in found.observed
    assert found.location == _LINE


def test_no_server_is_asked_where_the_rules_say_it_already() -> None:
    unloaded = _production(_labelled("1", "2", stable=1), _labelled("1", stable=1))
    found = finding(_check(unloaded, Broken("never asked"), _ALLOWED))

    assert found.location == _LINE
    assert "the default policy" in found.message or "latest" in found.message
    assert found.severity is None


def test_a_word_is_not_lost_where_no_server_can_be_asked() -> None:
    dangles = _production(_labelled("2", old=7), _labelled("1", old=7))
    found = finding(_check(dangles, Blocked("x", by="version/loads"), _ALLOWED))

    assert found.severity is Severity.ADVISORY


def test_a_label_that_has_dangled_for_long_is_not_held_against_the_server() -> None:
    dangles = _production(_labelled("2", old=7), _labelled("1", old=7))
    refusal = LabelAnswer(refusal="NOT_FOUND: Servable not found for request: Specific(m, 7)")

    assert len(findings(_check(dangles, _start(old=refusal), _ALLOWED))) == 1


def test_a_move_before_the_version_is_loaded_names_the_missing_step() -> None:
    early = _production(
        _labelled("1", "2", policy=specific(1, 2), stable=2),
        _labelled("1", policy=specific(1), stable=1),
    )
    found = finding(_check(early, Broken("never asked"), _ALLOWED))

    assert "refuses the whole configuration" in found.message
    assert found.remedy.startswith("First a change that loads both")
    assert not findings(_check(early, _answers(stable=2), _ALLOWED, rollout=Rollout.IMAGE))


def test_a_new_label_on_what_the_same_change_loads_is_worth_a_remark() -> None:
    tried = _production(
        _labelled("1", "2", policy=specific(1, 2), a=1, b=2),
        _labelled("1", policy=specific(1), a=1),
    )
    said = remarks(_check(tried, _answers(a=1, b=2)))

    assert "takes 'b' only once the version is loaded" in said[0]
    assert len(remarks(_check(tried, _answers(a=1, b=2), _ALLOWED))) == 1


@pytest.mark.parametrize(
    ("rollout", "severity"), [(Rollout.IMAGE, None), (Rollout.VOLUME, Severity.ADVISORY)]
)
def test_the_first_label_needs_its_flag(rollout: Rollout, severity: Severity | None) -> None:
    first = _production(
        _labelled("1", "2", policy=specific(1, 2), stable=1),
        situation("1", "2", policy=specific(1, 2)),
    )
    found = finding(_check(first, _answers(stable=1), rollout=rollout))

    assert found.severity is severity
    assert _ALLOWED.text in found.remedy
    assert not findings(_check(first, _answers(stable=1), _ALLOWED, rollout=rollout))


def test_how_fresh_servers_came_to_have_labels_is_not_known() -> None:
    said = list(_check(_MOVED, _answers(stable=2), rollout=Rollout.IMAGE))

    assert not findings(iter(said))
    (unknown,) = [one for one in said if isinstance(one, NotExamined)]
    assert "serving.flags" in unknown.enable


def test_a_neighbour_that_keeps_the_server_from_starting_is_told_of_elsewhere() -> None:
    failed = ProductionStart(runtime="embedded", failure="x", failed_model="rents")

    with pytest.raises(Blocked) as blocked:
        list(_check(_MOVED, failed))
    assert blocked.value.by == "version/neighbours-survive"


def test_a_server_that_does_not_start_is_no_verdict_on_labels() -> None:
    with pytest.raises(Broken, match="did not start"):
        list(_check(_MOVED, ProductionStart(runtime="embedded", failure="x")))
