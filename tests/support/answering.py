"""A server in the test's own process that answers by a function, for tests of what asks it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from servegate.deadline import Deadline
from servegate.evidence.asking import Interview
from servegate.facts.serving import Answer, Array, Question, Tensors, VersionState
from servegate.tfserving.versions import Version


@dataclass
class FakeServer:
    """Answers by a function of the inputs; `said` is its log."""

    function: Callable[[Tensors], Mapping[str, Array]]
    asked: list[Question] = field(default_factory=list)
    said: str = ""

    def predict(self, question: Question, deadline: Deadline) -> Answer:
        deadline.check()
        self.asked.append(question)
        return Answer(outputs=self.function(question.inputs), version=Version(1), seconds=0.0)

    def await_version(self, model: str, version: Version, deadline: Deadline) -> None:
        raise NotImplementedError

    def states(self, model: str, deadline: Deadline) -> tuple[VersionState, ...]:
        raise NotImplementedError

    def grpc_version(self, model: str, deadline: Deadline, *, label: str | None = None) -> Version:
        raise NotImplementedError

    def rest_version(self, model: str, deadline: Deadline) -> Version:
        raise NotImplementedError

    def log(self) -> str:
        return self.said

    def stop(self) -> None:
        pass


def interview_with(server: FakeServer, *, version: int = 1) -> Interview:
    """What asks one version of a model `m` on that server."""
    return Interview(
        server=server,
        model="m",
        version=Version(version),
        deadline=Deadline.after(60),
        seconds=10,
    )
