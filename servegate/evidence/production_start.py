"""Cold start of production as a whole: every model of it that lies here, labels, and flags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from servegate.deadline import Deadline, DeadlineExceeded
from servegate.evidence.staging import Tree, can_bear, staged_neighbour
from servegate.evidence.start import running
from servegate.facts.change import ModelChange
from servegate.facts.production import Neighbour, Production, Situation
from servegate.facts.serving import (
    Launch,
    LoadFailed,
    RequestRefused,
    Runtime,
    ServedModel,
    Server,
    ServerFailed,
)
from servegate.facts.settings import Rollout, Settings
from servegate.facts.start import LabelAnswer, ProductionStart
from servegate.providers import NotApplicable, Stage, provides
from servegate.tfserving.label_rules import FLAG
from servegate.tfserving.versions import Version


@provides(stage=Stage.SERVER)
def production_start(
    change: ModelChange,
    production: Production,
    neighbours: tuple[Neighbour, ...],
    settings: Settings,
    staged_tree: Tree,
    server: Server,  # noqa: ARG001 - a candidate that does not load is told of elsewhere
    runtime: Runtime,
    workspace: Path,
    deadline: Deadline,
) -> ProductionStart:
    """Starts all of them in one server, asks it, and ends it."""
    beside = [one for one in neighbours if _serves(one) and one.name != staged_tree.model]
    head = production.head
    labels = head.model.labels if head.model else {}
    if head.model is None or not head.aspired or not (beside or labels):
        raise NotApplicable("Production serves no other model of this repository, and no label.")
    situations = {staged_tree.model: head, **{one.name: one.after for one in beside}}
    own = ServedModel(
        name=staged_tree.model,
        base_path=staged_tree.base_path,
        policy=head.model.policy,
        labels=labels,
        place=staged_tree.place,
    )
    as_given = _labels_as_given(production, settings)
    launch = Launch(
        models=(own, *_staged(beside, change.root, workspace / "production")),
        flags=production.flags if as_given else tuple(_without_label_flag(production.flags)),
        labels_as_given=as_given,
    )
    until = deadline.within(settings.load_timeout)
    with running(runtime, launch, until) as started:
        failed = _awaited(started, situations, until)
        until = deadline.within(settings.request_timeout)
        return (
            _told(*failed, runtime) if failed else _asked(started, own, situations, runtime, until)
        )


def _serves(neighbour: Neighbour) -> bool:
    """Whether the repository has the neighbour's tree and production loads something of it."""
    there = neighbour.tree_after is not None and neighbour.after.model is not None
    return there and bool(neighbour.after.aspired) and can_bear(neighbour.name)


def _labels_as_given(production: Production, settings: Settings) -> bool:
    """Whether labels stand in the first configuration of a production server, for all we know.

    A running server gets them when it is told the new configuration. Where fresh servers had
    labels already before the change, they are allowed in a way that nobody has told the gate.
    """
    return settings.rollout is Rollout.IMAGE and production.labels_are_new


def _without_label_flag(flags: Sequence[str]) -> Iterator[str]:
    return (one for one in flags if one.removeprefix("--").partition("=")[0] != FLAG)


def _staged(beside: Sequence[Neighbour], root: Path, folder: Path) -> Iterator[ServedModel]:
    for number, one in enumerate(beside):
        if one.tree_after is not None:
            place = folder / str(number)
            yield staged_neighbour(one.name, one.after, one.tree_after, root, place)


def _awaited(
    server: Server, situations: Mapping[str, Situation], until: Deadline
) -> tuple[str, str, str] | None:
    """Waits for every model's highest version; else why, whose fault, and the end of the log."""
    for name, situation in situations.items():
        highest = situation.aspired[-1]
        try:
            server.await_version(name, highest, until)
        except (LoadFailed, ServerFailed) as failed:
            reason = failed.reason
            whose = name if isinstance(failed, LoadFailed) else _named_in(reason, situations)
            return reason, whose, failed.log
        except DeadlineExceeded as late:
            return f"it did not become AVAILABLE in time. {late}".rstrip(), name, ""
    return None


def _named_in(reason: str, situations: Mapping[str, Situation]) -> str:
    """The model that a server names which gave up starting."""
    return next((one for one in situations if f"{{name: {one} version: " in reason), "")


def _told(reason: str, whose: str, log: str, runtime: Runtime) -> ProductionStart:
    return ProductionStart(runtime=runtime.name, failure=reason, failed_model=whose, log=log)


def _asked(
    server: Server,
    own: ServedModel,
    situations: Mapping[str, Situation],
    runtime: Runtime,
    until: Deadline,
) -> ProductionStart:
    return ProductionStart(
        runtime=runtime.name,
        served={name: server.grpc_version(name, until) for name in situations},
        labels={label: _labelled(server, own.name, label, until) for label in own.labels},
    )


def _labelled(server: Server, model: str, label: str, until: Deadline) -> LabelAnswer:
    try:
        return LabelAnswer(version=Version(server.grpc_version(model, until, label=label)))
    except RequestRefused as refused:
        return LabelAnswer(refusal=str(refused))
