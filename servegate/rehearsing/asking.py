"""What is asked in a rehearsal: requests that name no version, as clients send them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from servegate.deadline import Deadline
from servegate.facts.probes import Probe, Reply
from servegate.facts.serving import Question, RequestRefused, Server
from servegate.tfserving.versions import Version

# gRPC's codes by which a model speaks of its input (`errors::InvalidArgument` and its like). All
# others are the server's, NOT_FOUND ("Servable not found for request") above all.
_OF_THE_INPUT = frozenset({"INVALID_ARGUMENT", "FAILED_PRECONDITION", "OUT_OF_RANGE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Asks a model for what answers there; `seconds` are the limit of one request."""

    server: Server
    model: str
    deadline: Deadline
    seconds: float

    def reply(self, probe: Probe, version: Version | None = None) -> Reply:
        """What is answered to a probe. Raises `ServerFailed`."""
        question = Question(
            model=self.model, signature=probe.signature, inputs=probe.inputs, version=version
        )
        try:
            answer = self.server.predict(question, self.deadline.within(self.seconds))
        except RequestRefused as refused:
            return Reply(probe=probe, refusal=str(refused))
        return Reply(probe=probe, outputs=answer.outputs)

    def requests(self, probes: Sequence[Probe]) -> Callable[[int], Version]:
        """What sends the request of a number; without probes it asks for metadata."""

        def ask(number: int) -> Version:
            if not probes:
                return self._metadata()
            probe = probes[number % len(probes)]
            question = Question(model=self.model, signature=probe.signature, inputs=probe.inputs)
            try:
                return self.server.predict(question, self.deadline.within(self.seconds)).version
            except RequestRefused as refused:
                if refused.code not in _OF_THE_INPUT:
                    raise
                return self._metadata()  # the one who refuses an input is there all the same

        return ask

    def _metadata(self) -> Version:
        return self.server.grpc_version(self.model, self.deadline.within(self.seconds))
