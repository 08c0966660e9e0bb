"""The same questions to one version in two servers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from servegate.deadline import Deadline
from servegate.evidence.asking import Interview, asked_twice
from servegate.evidence.interviews import excused
from servegate.evidence.staging import Tree, only
from servegate.evidence.start import running
from servegate.facts.probes import Probe, Repeat, Replies
from servegate.facts.rehearsal import Rehearsal
from servegate.facts.serving import Runtime
from servegate.facts.settings import Settings
from servegate.providers import Absent, Later, NotApplicable, Stage, provides

_ASKED = 4  # of each signature


@provides(stage=Stage.SERVER)
def second_start(
    replies: Replies,
    interview: Interview,
    rehearsal: Later[Rehearsal],
    staged_tree: Tree,
    settings: Settings,
    runtime: Runtime,
    deadline: Deadline,
) -> tuple[Repeat, ...]:
    """What the candidate answers in the rehearsal's server too, or in one started for it."""
    try:
        again = rehearsal().again
    except Absent:
        again = ()
    if again:
        return again
    probes = _probes(replies)
    if not probes:
        raise NotApplicable("No request was answered, and so none was put to a second server.")
    return _in_two_servers(interview, probes, staged_tree, settings, runtime, deadline)


@provides(stage=Stage.SERVER)
def baseline_second_start(
    baseline_replies: Replies,
    baseline_interview: Interview,
    baseline_tree: Tree,
    settings: Settings,
    runtime: Runtime,
    deadline: Deadline,
) -> tuple[Repeat, ...]:
    """What the base version answers in two servers."""
    probes = _probes(baseline_replies)
    with excused(baseline_interview.version):
        return _in_two_servers(
            baseline_interview, probes, baseline_tree, settings, runtime, deadline
        )


def _probes(replies: Replies) -> Sequence[Probe]:
    return [one.probe for name, _ in replies for one in islice(replies.answered(name), _ASKED)]


def _in_two_servers(
    first: Interview,
    probes: Sequence[Probe],
    tree: Tree,
    settings: Settings,
    runtime: Runtime,
    deadline: Deadline,
) -> tuple[Repeat, ...]:
    launch = tree.launch(only(first.version), flags=settings.flags)
    until = deadline.within(settings.load_timeout)
    with running(runtime, launch, until) as server:
        server.await_version(tree.model, first.version, until)
        return asked_twice(first, first.elsewhere(server, tree.model), probes)
