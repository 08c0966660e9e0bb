"""Whom questions are put to: the candidate, and the base version in a server of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from servegate.deadline import Deadline, DeadlineExceeded
from servegate.evidence.asking import Interview
from servegate.evidence.staging import Tree, only, refuse_hopeless_flags, servable_name, stage
from servegate.evidence.start import running
from servegate.facts.change import Baseline, Candidate
from servegate.facts.serving import LoadFailed, Runtime, Server, ServerFailed
from servegate.facts.settings import Settings
from servegate.facts.start import Start
from servegate.providers import NotApplicable, Stage, provides
from servegate.tfserving.versions import Version


@provides(stage=Stage.SERVER)
def interview(
    candidate: Candidate, start: Start, server: Server, settings: Settings, deadline: Deadline
) -> Interview:
    """The candidate, by its number."""
    return Interview(
        server=server,
        model=start.model,
        version=candidate.version,
        deadline=deadline,
        seconds=settings.request_timeout,
    )


@provides(stage=Stage.SERVER)
def baseline_tree(baseline: Baseline, workspace: Path) -> Tree:
    """A base path with the base version alone."""
    return Tree(
        model=servable_name("baseline"),
        base_path=stage(workspace / "serving-baseline", {baseline.directory: baseline.root}),
    )


@provides(stage=Stage.SERVER)
def baseline_interview(
    baseline: Baseline,
    baseline_tree: Tree,
    runtime: Runtime,
    settings: Settings,
    deadline: Deadline,
) -> Iterator[Interview]:
    """Starts a server with the base version alone; all that ask the base version share it."""
    refuse_hopeless_flags(settings)
    tree = baseline_tree
    until = deadline.within(settings.load_timeout)
    launch = tree.launch(only(baseline.version), flags=settings.flags)
    with contextlib.ExitStack() as stack:
        with excused(baseline.version):
            server = stack.enter_context(running(runtime, launch, until))
            server.await_version(tree.model, baseline.version, until)
        yield Interview(
            server=server,
            model=tree.model,
            version=baseline.version,
            deadline=deadline,
            seconds=settings.request_timeout,
        )


@contextlib.contextmanager
def excused(version: Version) -> Iterator[None]:
    """A base version that does not run is no fault of the change: nothing to compare with."""
    try:
        yield
    except (LoadFailed, ServerFailed, DeadlineExceeded) as error:
        raise NotApplicable(f"The base version {version} does not run: {error}") from error
