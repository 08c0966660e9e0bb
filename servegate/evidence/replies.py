"""What the candidate, and the base version after it, answer to the probes."""

from __future__ import annotations

from pathlib import Path

from servegate.deadline import Deadline, DeadlineExceeded
from servegate.evidence.asking import Interview
from servegate.evidence.probes import ProbePlan
from servegate.evidence.staging import Tree, only, servable_name, stage
from servegate.evidence.start import running
from servegate.facts.change import Baseline, Candidate
from servegate.facts.probes import Probe, Replies, Reply
from servegate.facts.serving import LoadFailed, Runtime, Server, ServerFailed
from servegate.facts.settings import Settings
from servegate.facts.start import Start
from servegate.providers import NotApplicable, Stage, provides

_ENOUGH = 2


@provides(stage=Stage.SERVER)
def replies(
    candidate: Candidate,
    probes: ProbePlan,
    start: Start,
    server: Server,
    settings: Settings,
    deadline: Deadline,
) -> Replies:
    """Asks every signature."""
    interview = Interview(
        server=server,
        model=start.model,
        version=candidate.version,
        deadline=deadline,
        seconds=settings.request_timeout,
    )
    found = {name: _of_signature(interview, probes, name) for name in probes.signatures()}
    return Replies(by_signature=found, requests=interview.requests)


def _of_signature(interview: Interview, plan: ProbePlan, name: str) -> tuple[Reply, ...]:
    found = list(interview.ask(plan.plausible.get(name, ())))
    for variant in plan.made_up.get(name, ()):
        said = tuple(interview.ask(variant))
        found += said
        if sum(one.answered for one in said) >= _ENOUGH:
            break
    return tuple(found)


@provides(stage=Stage.SERVER)
def baseline_replies(
    baseline: Baseline,
    replies: Replies,
    runtime: Runtime,
    settings: Settings,
    workspace: Path,
    deadline: Deadline,
) -> Replies:
    """Puts the very same probes to the base version, in a server of its own."""
    tree = Tree(
        model=servable_name("baseline"),
        base_path=stage(workspace / "serving-baseline", {baseline.directory: baseline.root}),
    )
    until = deadline.within(settings.load_timeout)
    try:
        launch = tree.launch(only(baseline.version), flags=settings.flags)
        with running(runtime, launch, until) as server:
            server.await_version(tree.model, baseline.version, until)
            interview = Interview(
                server=server,
                model=tree.model,
                version=baseline.version,
                deadline=deadline,
                seconds=settings.request_timeout,
            )
            return _again(interview, replies)
    except (LoadFailed, ServerFailed, DeadlineExceeded) as error:
        raise NotApplicable(f"The base version {baseline.version} does not run: {error}") from error


def _again(interview: Interview, replies: Replies) -> Replies:
    asked: dict[str, list[Probe]] = {name: [one.probe for one in said] for name, said in replies}
    found = {name: tuple(interview.ask(probes)) for name, probes in asked.items()}
    return Replies(by_signature=found, requests=interview.requests)
