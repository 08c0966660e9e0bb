"""A performance on a server of the test's own, which does what the test says."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from servegate.deadline import Deadline
from servegate.facts.probes import Probe, Provenance
from servegate.facts.rehearsal import Rehearsal
from servegate.facts.serving import (
    Answer,
    Launch,
    Question,
    RequestRefused,
    ServedModel,
    ServerFailed,
    Upgradable,
    VersionState,
)
from servegate.rehearsing.perform import Patience, perform
from servegate.rehearsing.script import Delivery, Script
from servegate.tfserving.policy import PolicyKind, VersionPolicy
from servegate.tfserving.versions import Version
from tests.support.answering import FakeServer

ONE, TWO = Version(1), Version(2)
MODEL = ServedModel(name="prices", base_path=Path("/nowhere"))
PROBE = Probe(
    label="a",
    signature="serving_default",
    inputs={"x": np.ones((1, 1), np.float32)},
    provenance=Provenance.EXAMPLE,
)
SCRIPT = Script(
    launch=Launch(models=(MODEL,)),
    base=ONE,
    candidate=TWO,
    answers=True,
    deliveries=(Delivery(name="2", version=TWO, directory=Path("/nowhere/2")),),
    withdrawn=(),
    configured=None,
    labelled=None,
    leaving=(ONE,),
    cleared=(),
    replaced=(),
    restored=None,
    falls_to=ONE,
)


@dataclass
class Production(FakeServer):
    """Serves whatever lies there, at once.

    `refuses` says why it does not load a version, `stuck` keeps it answering from version 1,
    `dies` is what becomes of it once something is delivered, `blind` keeps it from noticing that.
    """

    present: set[Version] = field(default_factory=lambda: {ONE})
    refuses: dict[Version, str] = field(default_factory=dict)
    refuses_configuration: str = ""
    stuck: bool = False
    blind: bool = False
    dies: ServerFailed | None = None
    configured: list[ServedModel] = field(default_factory=list)

    # -- a server
    def predict(self, question: Question, deadline: Deadline) -> Answer:
        answer = super().predict(question, deadline)
        return replace(answer, version=self._serving())

    def states(self, *_: object) -> tuple[VersionState, ...]:
        if self.dies and TWO in self.present:
            raise self.dies
        return tuple(
            VersionState(version=one, state=self._state(one), error=self.refuses.get(one, ""))
            for one in sorted(self.present)
        )

    def grpc_version(self, *_: object, **_named: object) -> Version:
        return self._serving()

    def _serving(self) -> Version:
        return ONE if self.stuck else max(one for one in self.present if one not in self.refuses)

    def _state(self, version: Version) -> str:
        return "AVAILABLE" if self.stuck or version == self._serving() else "END"

    # -- a deployment
    def deliver(self, _model: object, _directory: object, name: str, _deadline: object) -> None:
        if not self.blind:
            self.present.add(Version(int(name)))

    def withdraw(self, _model: object, name: str, _deadline: object) -> None:
        self.present.discard(Version(int(name)))

    def reconfigure(self, models: tuple[ServedModel, ...], _deadline: object) -> None:
        if self.refuses_configuration:
            raise RequestRefused("FAILED_PRECONDITION", self.refuses_configuration)
        self.configured += models

    def memory(self) -> int | None:
        return None


def played(production: Production, script: Script = SCRIPT, seconds: float = 20.0) -> Rehearsal:
    return perform(
        script,
        Upgradable(server=production, deployment=production),
        probes=[PROBE],
        ask_again=lambda _: (),
        patience=Patience(load=seconds, request=5.0),
        deadline=Deadline.after(60),
    )


def serving() -> Production:
    return Production(lambda _: {"y": np.ones((1, 1), np.float32)})


def test_an_upgrade_and_the_way_back() -> None:
    found = played(serving())
    assert found.failure == ""
    assert found.switched is not None
    assert found.roll_back is not None
    assert found.roll_back.answered is not None
    assert {one.version for one in found.timeline.asked} == {1, 2}
    assert found.timeline.memory == ()
    assert len(found.exchanges) == 1


def test_a_deletion_makes_the_version_below_answer() -> None:
    production = serving()
    production.present = {ONE, TWO}
    deletion = replace(
        SCRIPT, base=TWO, candidate=ONE, deliveries=(), withdrawn=("2",), leaving=(TWO,)
    )
    found = played(production, deletion)
    assert found.switched is not None
    assert found.roll_back is None


def test_a_version_that_ends_with_an_error_is_not_waited_for() -> None:
    production = serving()
    production.refuses = {TWO: "DATA_LOSS: torn"}
    found = played(production)
    assert found.failure == "DATA_LOSS: torn"
    assert found.timeline.seconds < 10


def test_a_version_that_nobody_notices_is_waited_for_in_vain() -> None:
    production = serving()
    production.blind = True
    found = played(production, seconds=0.5)
    assert found.failure == "after 0.5 seconds the server has not noticed it"


def test_requests_that_stay_with_the_old_version_are_a_failure() -> None:
    production = serving()
    production.stuck = True
    found = played(production, replace(SCRIPT, leaving=()), seconds=0.5)
    assert found.failure == "after 0.5 seconds requests are still answered by another version"


def test_a_server_that_breaks_production_s_rule_has_failed() -> None:
    production = serving()
    production.dies = ServerFailed("The server died (too much memory).", "", deserved=True)
    found = played(production)
    assert found.killed
    assert "too much memory" in found.failure


def test_a_server_that_dies_of_something_else_is_no_verdict() -> None:
    production = serving()
    production.dies = ServerFailed("The server died (signal SIGSEGV).", "")
    with pytest.raises(ServerFailed, match="SIGSEGV"):
        played(production)


def test_a_refused_configuration_is_told_in_the_server_s_words() -> None:
    production = serving()
    production.refuses_configuration = "labels cannot be set"
    pinned = replace(MODEL, policy=VersionPolicy(kind=PolicyKind.SPECIFIC, versions=(TWO,)))
    found = played(production, replace(SCRIPT, configured=pinned))
    assert found.failure == "the server refuses the new configuration: labels cannot be set"


def test_labels_are_given_once_the_version_is_loaded_and_taken_back() -> None:
    production = serving()
    labelled = replace(MODEL, labels={"stable": TWO})
    found = played(production, replace(SCRIPT, labelled=labelled, restored=MODEL))
    assert found.failure == ""
    assert production.configured == [labelled, MODEL]


def test_a_request_that_fails_is_kept_with_its_reason() -> None:
    production = serving()
    predict = production.predict

    def sometimes(question: Question, deadline: Deadline) -> Answer:
        if len(production.asked) == 4:
            production.asked.append(question)
            raise RequestRefused("NOT_FOUND", "Servable not found for request: Latest(prices)")
        return predict(question, deadline)

    production.predict = sometimes  # type: ignore[method-assign]
    lost = list(played(production).timeline.lost(until=60.0))
    assert [one.trouble for one in lost] == [
        "NOT_FOUND: Servable not found for request: Latest(prices)"
    ]


def test_an_input_that_the_new_version_refuses_is_no_lost_request() -> None:
    production = serving()
    predict = production.predict

    def picky(question: Question, deadline: Deadline) -> Answer:
        if production._serving() == TWO:
            raise RequestRefused("INVALID_ARGUMENT", "input size does not match signature")
        return predict(question, deadline)

    production.predict = picky  # type: ignore[method-assign]
    found = played(production)
    assert found.switched is not None
    assert not list(found.timeline.lost(until=60.0))


def test_a_bug_in_the_load_is_not_swallowed() -> None:
    production = serving()

    def buggy(question: Question, deadline: Deadline) -> Answer:
        if production.asked:
            raise ZeroDivisionError
        return FakeServer.predict(production, question, deadline)

    production.predict = buggy  # type: ignore[method-assign]
    with pytest.raises(ZeroDivisionError):
        played(production, seconds=0.5)
