"""Whether answers that name no version are the candidate's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from servegate.deadline import Deadline
from servegate.evidence.identity import identity
from servegate.evidence.staging import Tree
from servegate.facts.serving import Answer, Question
from servegate.facts.settings import Settings
from servegate.facts.start import Identity, Start
from servegate.serving.embedded import EmbeddedRuntime
from servegate.tfserving.versions import Version
from tests.support.answering import FakeServer
from tests.support.evidence import candidate, later, production, replies, reply, situation

_Answers = Callable[[bool], float]
"""What is answered to a question, by whether it names a version."""


@dataclass
class _Production(FakeServer):
    """Says that version 2 answers, and gives one number."""

    answers: _Answers = field(kw_only=True)
    ends: list[float] = field(default_factory=list)

    def predict(self, question: Question, deadline: Deadline) -> Answer:
        deadline.check()
        self.ends.append(deadline.at)
        value = np.full((1, 1), self.answers(question.version is not None), np.float32)
        return Answer(outputs={"y": value}, version=Version(2), seconds=0.0)

    def grpc_version(self, *_: object, label: str | None = None) -> Version:  # noqa: ARG002
        return Version(2)

    def rest_version(self, *_: object) -> Version:
        return Version(2)


def _identity(answers: _Answers) -> Identity:
    return _identity_of(_Production(lambda _: {}, answers=answers))


def _identity_of(server: _Production) -> Identity:
    return identity(
        candidate=candidate(2),
        production=production(situation("1", "2")),
        settings=Settings(),
        staged_tree=Tree(model="prices", base_path=Path("/nowhere")),
        start=Start(
            server=server,
            model="prices",
            as_production=True,
            runtime="embedded",
            failure="",
            log="",
        ),
        server=server,
        replies=later(replies(reply("a", 1.0, 3.0), reply("b", 2.0, 3.0))),
        runtime=EmbeddedRuntime(workspace=Path("/nowhere")),
        deadline=Deadline.after(60),
    )


def test_the_same_answers() -> None:
    found = _identity(lambda _: 3.0)

    assert (found.compared, found.unlike) == (2, "")


def test_other_answers_every_time() -> None:
    assert _identity(lambda named: 3.0 if named else 4.0).unlike.startswith("'y': 4 against 3")


@pytest.mark.parametrize("seed", range(20))
def test_a_sampler_is_not_accused_whatever_it_draws(seed: int) -> None:
    random = np.random.default_rng(seed)

    assert not _identity(lambda _: float(random.integers(0, 2))).unlike


def test_a_counter_is_not_accused() -> None:
    counted = iter(range(1000))

    assert not _identity(lambda _: float(next(counted))).unlike


def test_every_question_has_a_time_of_its_own() -> None:
    """A counter is asked over a hundred times: on a busy machine they would not fit into one."""
    counted = iter(range(1000))
    server = _Production(lambda _: {}, answers=lambda _: float(next(counted)))
    _identity_of(server)

    assert len(server.ends) > 2
    assert len(set(server.ends)) == len(server.ends)
