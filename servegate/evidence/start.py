"""Cold start: a server on the version tree after the change, asked for the candidate."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from servegate.deadline import Deadline, DeadlineExceeded
from servegate.errors import CannotTell
from servegate.evidence.saved_model import HOPELESS
from servegate.evidence.staging import (
    Tree,
    legible,
    only,
    refuse_hopeless_flags,
    servable_name,
    stage,
)
from servegate.facts.change import Candidate, ModelChange
from servegate.facts.production import Production
from servegate.facts.serving import Launch, LoadFailed, Runtime, Server
from servegate.facts.settings import Settings
from servegate.facts.start import Start
from servegate.providers import Blocked, Stage, provides
from servegate.savedmodel.reader import SavedModel
from servegate.tfserving.versions import Version, parse_version


@provides(stage=Stage.SERVER, blocked_by=HOPELESS)
def staged_tree(
    change: ModelChange,
    production: Production,
    settings: Settings,
    saved_model: SavedModel,  # noqa: ARG001 - no server would load what cannot be read
    workspace: Path,
) -> Tree:
    """The base path as production's server would find it: every child that is a number."""
    refuse_hopeless_flags(settings)
    base_path = change.root / change.path
    versions = {
        child.name: child for child in base_path.iterdir() if parse_version(child.name) is not None
    }
    model = production.head.model
    return Tree(
        model=servable_name(change.name),
        base_path=stage(workspace / "serving", versions),
        place=model.base_path if model else "",
    )


@provides(stage=Stage.SERVER)
def start(
    candidate: Candidate,
    production: Production,
    settings: Settings,
    staged_tree: Tree,
    runtime: Runtime,
    deadline: Deadline,
) -> Iterator[Start]:
    """Starts it as production is configured; if that leaves the candidate out, with it alone."""
    as_production = candidate.version in production.head.aspired
    launch = (
        production_launch(production, staged_tree)
        if as_production
        else staged_tree.launch(only(candidate.version), flags=settings.flags)
    )
    until = deadline.within(settings.load_timeout)
    with running(runtime, launch, until) as server:
        begun = Start(
            server=server,
            model=staged_tree.model,
            as_production=as_production,
            runtime=runtime.name,
        )
        found = _awaited(begun, candidate.version, until)
        said = legible(found.failure, staged_tree.base_path, candidate.path)
        yield replace(found, failure=said)


@provides(stage=Stage.SERVER)
def server(start: Start) -> Server:
    """The server with the candidate loaded."""
    if start.failure:
        raise Blocked(start.failure, by="version/loads")
    return start.server


def production_launch(production: Production, tree: Tree) -> Launch:
    """Production's own policy and flags; labels are asked for in `production_start`."""
    model = production.head.model
    if model is None:
        raise CannotTell("Production's configuration does not name the model.")
    return tree.launch(model.policy, flags=production.flags)


@contextlib.contextmanager
def running(runtime: Runtime, launch: Launch, deadline: Deadline) -> Iterator[Server]:
    """A server that is ended whatever happens."""
    server = runtime.start(launch, deadline)
    try:
        yield server
    finally:
        server.stop()


def _awaited(begun: Start, version: Version, until: Deadline) -> Start:
    try:
        begun.server.await_version(begun.model, version, until)
    except LoadFailed as failed:
        return replace(begun, failure=failed.reason, log=failed.log)
    except DeadlineExceeded as late:
        reason = f"it did not become AVAILABLE in time. {late}".rstrip()
        return replace(begun, failure=reason, late=True)
    return begun
