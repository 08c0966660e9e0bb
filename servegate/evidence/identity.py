"""Who answers requests that name no version, in production's own set-up."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from servegate.comparison import difference
from servegate.deadline import Deadline, DeadlineExceeded
from servegate.evidence.staging import Tree
from servegate.evidence.start import production_launch, running
from servegate.facts.change import Candidate
from servegate.facts.probes import Replies
from servegate.facts.production import Production
from servegate.facts.serving import (
    Answer,
    LoadFailed,
    Question,
    RequestRefused,
    Runtime,
    Server,
)
from servegate.facts.settings import Settings
from servegate.facts.start import Identity, Start
from servegate.providers import Broken, Later, NotApplicable, Stage, provides
from servegate.tfserving.versions import Version

_COMPARED = 8
# A dropped unit is there or not: two equal and one unequal answer are as likely as not.
_CONFIRMED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Client:
    """Asks one server about one model; each question may take so many seconds."""

    server: Server
    model: str
    deadline: Deadline
    seconds: float

    def witnesses(self) -> Identity:
        """Which version answers, by gRPC's and by REST's account."""
        try:
            return Identity(
                by_grpc=self.server.grpc_version(self.model, self._until()),
                by_rest=self.server.rest_version(self.model, self._until()),
                compared=0,
            )
        except RequestRefused as refused:
            raise Broken(f"The server does not say which version answers: {refused}") from refused

    def predict(self, question: Question) -> Answer:
        """The answer to it. Raises `RequestRefused` and `ServerFailed`."""
        return self.server.predict(question, self._until())

    def _until(self) -> Deadline:
        return self.deadline.within(self.seconds)


@provides(stage=Stage.SERVER)
def identity(
    candidate: Candidate,
    production: Production,
    settings: Settings,
    staged_tree: Tree,
    start: Start,
    server: Server,
    replies: Later[Replies],
    runtime: Runtime,
    deadline: Deadline,
) -> Identity:
    """Asks the server that runs, or, where production leaves the candidate out, one as it has."""
    answering = production.head.unversioned()
    if production.head.model is None or answering is None:
        raise NotApplicable("Production's configuration loads no version of this model.")
    within = deadline.within(settings.load_timeout)
    with contextlib.ExitStack() as stack:
        if start.as_production:
            asked = server
        else:
            launch = production_launch(production, staged_tree)
            asked = stack.enter_context(running(runtime, launch, within))
            _await(asked, start.model, answering, within)
        client = _Client(
            server=asked, model=start.model, deadline=deadline, seconds=settings.request_timeout
        )
        witnesses = client.witnesses()
        if witnesses.by_grpc != candidate.version:
            return witnesses
        return _with_answers(witnesses, client, replies())


def _await(server: Server, model: str, version: Version, until: Deadline) -> None:
    try:
        server.await_version(model, version, until)
    except (LoadFailed, DeadlineExceeded) as error:
        raise Broken(
            f"Production's own set-up did not start: version {version} is not available: {error}"
        ) from error


def _with_answers(witnesses: Identity, client: _Client, replies: Replies) -> Identity:
    """Also asks with and without the version, and holds the answers side by side."""
    answered = [one.probe for _, asked in replies for one in asked if one.answered]
    for probe in answered[:_COMPARED]:
        named = Question(
            model=client.model,
            signature=probe.signature,
            inputs=probe.inputs,
            version=witnesses.by_grpc,
        )
        try:
            answer = client.predict(replace(named, version=None))
            unlike = _unlike(client, named, answer)
        except RequestRefused:
            continue
        compared = witnesses.compared + 1
        witnesses = replace(witnesses, compared=compared, by_grpc=answer.version, unlike=unlike)
        if unlike:
            return witnesses
    return witnesses


def _unlike(client: _Client, named: Question, unnamed: Answer) -> str:
    """How the answer without a version differs from the version's own; empty when it does not.

    A counter or a sampler differs from itself, and may by chance do so between the two: what
    differs must differ every time, and the version's own answer never.
    """
    own = client.predict(named)
    differing = dict(_differences(unnamed, own))
    for _ in range(_CONFIRMED if differing else 0):
        again = client.predict(replace(named, version=None))
        differing = {name: text for name, text in _differences(again, own) if name in differing}
        for name, _ in _differences(client.predict(named), own):
            differing.pop(name, None)
    return next((f"{name!r}: {text}" for name, text in differing.items()), "")


def _differences(one: Answer, other: Answer) -> Iterator[tuple[str, str]]:
    for name in sorted(one.outputs.keys() | other.outputs.keys()):
        if name not in one.outputs or name not in other.outputs:
            yield name, "is in one answer only"
        elif found := difference(one.outputs[name], other.outputs[name]):
            yield name, str(found)
