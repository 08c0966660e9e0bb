"""A performance: the upgrade under load, what is asked while the candidate serves, the way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from servegate.deadline import Deadline
from servegate.facts.probes import Exchange, Probe, Repeat, Reply
from servegate.facts.rehearsal import Rehearsal, RollBack, Timeline
from servegate.facts.serving import Server, Upgradable
from servegate.rehearsing.asking import Client
from servegate.rehearsing.load import Clock, Load
from servegate.rehearsing.script import Script
from servegate.rehearsing.stage import Stage
from servegate.rehearsing.upgrade import upgrade
from servegate.rehearsing.watch import Watch
from servegate.rehearsing.way_back import way_back

_LOG_CHARACTERS = 8_000

AskAgain = Callable[[Server], tuple[Repeat, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long is waited, in seconds: for a version to take over, and for one answer."""

    load: float
    request: float


def perform(
    script: Script,
    upgradable: Upgradable,
    *,
    probes: Sequence[Probe],
    ask_again: AskAgain,
    patience: Patience,
    deadline: Deadline,
) -> Rehearsal:
    """Plays a script on a server that serves `script.base` already.

    `probes` are what the candidate answers; those that the base version answers too become the
    load. `ask_again` is called while the candidate serves. Raises `ServerFailed` when the server
    dies of something that is not the model's.
    """
    client = Client(
        server=upgradable.server,
        model=script.model.name,
        deadline=deadline,
        seconds=patience.request,
    )
    before = [reply for reply in map(client.reply, probes) if reply.answered]
    clock = Clock()
    watch = Watch(upgradable, script.model.name, clock)
    again: tuple[Repeat, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    back: RollBack | None = None
    with Load(client.requests([one.probe for one in before]), clock) as load:
        stage = Stage(
            script=script,
            deployment=upgradable.deployment,
            watch=watch,
            load=load,
            seconds=patience.load,
            deadline=deadline,
        )
        done = upgrade(stage)
        if done.switched is not None:
            exchanges = _exchanged(client, script, before)
            again = ask_again(upgradable.server)
            back = way_back(stage) if script.reversible else None
    return Rehearsal(
        base=script.base,
        candidate=script.candidate,
        answers=script.answers,
        timeline=_timeline(watch, load),
        delivered=done.delivered,
        switched=done.switched,
        failure=done.failure,
        killed=done.killed,
        log=upgradable.server.log()[-_LOG_CHARACTERS:],
        exchanges=exchanges,
        again=again,
        roll_back=back,
        notes=script.notes,
    )


def _exchanged(client: Client, script: Script, before: Sequence[Reply]) -> tuple[Exchange, ...]:
    """The same questions once more, to whom the candidate answers now."""
    version = None if script.answers else script.candidate
    return tuple(Exchange(before=one, after=client.reply(one.probe, version)) for one in before)


def _timeline(watch: Watch, load: Load) -> Timeline:
    return Timeline(
        moments=tuple(watch.moments),
        states=tuple(watch.states),
        asked=load.asked(),
        memory=tuple(watch.memory),
        seconds=watch.now(),
    )
