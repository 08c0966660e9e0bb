"""An upgrade as production will have it, played through before the merge."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from servegate.deadline import Deadline, DeadlineExceeded
from servegate.evidence.asking import Interview, asked_twice
from servegate.evidence.interviews import excused
from servegate.evidence.staging import legible
from servegate.facts.change import Candidate
from servegate.facts.probes import Probe, Repeat, Replies
from servegate.facts.rehearsal import Rehearsal
from servegate.facts.serving import LoadFailed, Runtime, Server, ServerFailed, Upgradable
from servegate.facts.settings import Settings
from servegate.facts.start import Start
from servegate.providers import Absent, Blocked, Later, Stage, provides
from servegate.rehearsing.perform import AskAgain, Patience, perform
from servegate.rehearsing.script import Script
from servegate.tfserving.op_errors import lacked_by

_PROBES = 12  # of all signatures together
_PROBES_OF_SIGNATURE = 4


@provides(stage=Stage.SERVER)
def rehearsal(
    candidate: Candidate,
    rehearsal_script: Script,
    start: Start,
    settings: Settings,
    replies: Later[Replies],
    interview: Later[Interview],
    runtime: Runtime,
    deadline: Deadline,
) -> Rehearsal:
    """Starts production as it was before the change and brings the candidate to it, under load."""
    if start.late or lacked_by(start.runtime, start.failure):
        raise Blocked(start.failure, by="version/loads")
    probes = _answered(replies)
    with contextlib.ExitStack() as stack:
        with excused(rehearsal_script.base):
            script, upgradable = _started(rehearsal_script, runtime, settings, deadline)
            stack.callback(upgradable.server.stop)
        played = perform(
            script,
            upgradable,
            probes=probes,
            ask_again=_asking_again(script, probes, interview),
            patience=Patience(load=settings.load_timeout, request=settings.request_timeout),
            deadline=deadline,
        )
    return _with_names_of(played, script.model.base_path, candidate.path)


def _started(
    script: Script, runtime: Runtime, settings: Settings, deadline: Deadline
) -> tuple[Script, Upgradable]:
    """Production as it was; without its other models where those keep it from starting."""
    within = deadline.within(settings.load_timeout)
    upgradable = runtime.start_upgradable(script.launch, within)
    try:
        upgradable.server.await_version(script.model.name, script.base, within)
    except (LoadFailed, ServerFailed, DeadlineExceeded):
        upgradable.server.stop()
        if len(script.launch.models) == 1:
            raise
        return _started(script.alone(), runtime, settings, deadline)
    except BaseException:
        upgradable.server.stop()
        raise
    return script, upgradable


def _with_names_of(played: Rehearsal, base_path: Path, place: str) -> Rehearsal:
    """The same, with the repository's names in what the server said."""
    seen, back = played.timeline, played.roll_back
    states = tuple(replace(one, error=legible(one.error, base_path, place)) for one in seen.states)
    return replace(
        played,
        failure=legible(played.failure, base_path, place),
        timeline=replace(seen, states=states),
        roll_back=back and replace(back, failure=legible(back.failure, base_path, place)),
    )


def _answered(replies: Later[Replies]) -> Sequence[Probe]:
    """A few that the candidate answers, the best first; none where it does not serve at all."""
    try:
        said = replies()
    except Absent:
        return ()
    chosen = [one.probe for name, _ in said for one in said.answered(name)[:_PROBES_OF_SIGNATURE]]
    return chosen[:_PROBES]


def _asking_again(script: Script, probes: Sequence[Probe], interview: Later[Interview]) -> AskAgain:
    """Puts the same to the candidate in its first server and in the one of the rehearsal."""

    def ask_again(server: Server) -> tuple[Repeat, ...]:
        if not probes:
            return ()
        first = interview()
        return asked_twice(first, first.elsewhere(server, script.model.name), probes)

    return ask_again
