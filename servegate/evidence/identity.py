"""Who answers requests that name no version, in production's own set-up."""

from __future__ import annotations

import contextlib
from dataclasses import replace

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
        until = deadline.within(settings.request_timeout)
        witnesses = _witnesses(asked, start.model, until)
        if witnesses.by_grpc != candidate.version:
            return witnesses
        return _with_answers(witnesses, asked, start.model, replies(), until)


def _await(server: Server, model: str, version: Version, until: Deadline) -> None:
    try:
        server.await_version(model, version, until)
    except (LoadFailed, DeadlineExceeded) as error:
        raise Broken(
            f"Production's own set-up did not start: version {version} is not available: {error}"
        ) from error


def _witnesses(server: Server, model: str, until: Deadline) -> Identity:
    try:
        return Identity(
            by_grpc=server.grpc_version(model, until),
            by_rest=server.rest_version(model, until),
            compared=0,
        )
    except RequestRefused as refused:
        raise Broken(f"The server does not say which version answers: {refused}") from refused


def _with_answers(
    witnesses: Identity, server: Server, model: str, replies: Replies, until: Deadline
) -> Identity:
    """Also asks with and without the version, and holds the answers side by side."""
    answered = [one.probe for _, asked in replies for one in asked if one.answered]
    for probe in answered[:_COMPARED]:
        named = Question(
            model=model,
            signature=probe.signature,
            inputs=probe.inputs,
            version=witnesses.by_grpc,
        )
        unnamed = replace(named, version=None)
        try:
            first, second, third = (
                server.predict(question, until) for question in (named, unnamed, named)
            )
        except RequestRefused:
            continue
        witnesses = replace(witnesses, compared=witnesses.compared + 1, by_grpc=second.version)
        # A counter or a sampler differs from itself: then the versions named must do.
        if _differ(first, third) is None and (text := _differ(second, first)) is not None:
            return replace(witnesses, unlike=text)
    return witnesses


def _differ(one: Answer, other: Answer) -> str | None:
    for name in sorted(one.outputs.keys() | other.outputs.keys()):
        if name not in one.outputs or name not in other.outputs:
            return f"output {name!r} is in one answer only"
        found = difference(one.outputs[name], other.outputs[name])
        if found is not None:
            return f"{name!r}: {found}"
    return None
