"""Validates every changed model and says whether the change may be merged."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from servegate.changes.baseline import CommitTree
from servegate.changes.event import CiEvent
from servegate.deadline import Deadline
from servegate.engine.judge import verdict_on_change
from servegate.engine.registry import Registry
from servegate.facts.history import BaseTree
from servegate.facts.serving import Runtime
from servegate.findings import ModelReport, Report
from servegate.isolation.workspace import Workspace, new_folder
from servegate.pipeline.options import Options, RuntimeName
from servegate.pipeline.outside_git import DirectoryTree
from servegate.pipeline.selection import Selection, Subject, select
from servegate.pipeline.settings import rulings_for, settings_for
from servegate.pipeline.subject import examine_subject, unclaimed_report
from servegate.progress import Progress, label

# No run of a gate takes a day; what is waited for has deadlines of its own within this one.
_LONGEST_RUN = 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run that was begun. `cancelled` ends every wait; the report is made all the same."""

    options: Options
    event: CiEvent | None
    registry: Registry
    progress: Progress
    cancelled: threading.Event

    def report(self) -> Report:
        """Validates and reports. Raises `WrongUse`, and `CannotTell` when git does not work."""
        started = time.monotonic()
        deadline = Deadline.after(_LONGEST_RUN, self.cancelled)
        known = [check.id for check in self.registry.checks]
        selection = select(self.options, self.event, known, deadline)
        models = self._models(selection, deadline)
        report = Report(
            verdict=verdict_on_change(
                (one.verdict for one in models), interrupted=self.cancelled.is_set()
            ),
            base=selection.comparison.base,
            head=selection.comparison.head,
            runtime=self.options.runtime,
            seconds=time.monotonic() - started,
            models=models,
            notes=(selection.comparison.reason,),
            interrupted=self.cancelled.is_set(),
        )
        self.progress.run_finished(report)
        return report

    def _models(self, selection: Selection, deadline: Deadline) -> tuple[ModelReport, ...]:
        strays = tuple(unclaimed_report(one) for one in selection.unclaimed)
        if not selection.subjects:
            return strays
        self.progress.run_started([_label(subject) for subject in selection.subjects])
        with Workspace() as workspace:
            return (*self._side_by_side(selection, workspace.path, deadline), *strays)

    def _side_by_side(
        self, selection: Selection, workspace: Path, deadline: Deadline
    ) -> tuple[ModelReport, ...]:
        with ThreadPoolExecutor(max_workers=self.options.jobs) as pool:
            futures = [
                pool.submit(self._examine, subject, selection, workspace, deadline)
                for subject in selection.subjects
            ]
            self._await(futures)
        return tuple(future.result() for future in futures)

    def _await(self, futures: Collection[Future[ModelReport]]) -> None:
        """Waits in short steps, so that Ctrl-C reaches this thread; then all of them end early."""
        waiting: Collection[Future[ModelReport]] = futures
        while waiting:
            try:
                _, waiting = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)
            except KeyboardInterrupt:
                self.cancelled.set()

    def _examine(
        self, subject: Subject, selection: Selection, workspace: Path, deadline: Deadline
    ) -> ModelReport:
        folder = new_folder(workspace, "model")
        model, candidate = subject.model, subject.candidate
        seeds: dict[str, object] = {
            "change": subject.change,
            "settings": settings_for(selection.config, model, selection.config_file),
            "base_tree": _base_tree(subject, selection),
            "repository_models": selection.names,
            "runtime": runtime(self.options.runtime, folder),
            "workspace": folder,
            "deadline": deadline,
        }
        if candidate is not None:
            seeds["candidate"] = candidate
        rulings = rulings_for(
            selection.config, model, subject.change.name, _version(subject), self.options.fail_on
        )
        return examine_subject(subject, self.registry, seeds, rulings, self.progress)


def _label(subject: Subject) -> str:
    candidate = subject.candidate
    return label(subject.change.name, str(candidate.version) if candidate else None)


def _version(subject: Subject) -> str:
    """The version that an `accept:` entry names: the candidate, or the one that went away."""
    if subject.candidate is not None:
        return str(subject.candidate.version)
    highest = subject.change.base_names.highest()
    return str(highest.version) if highest else ""


def _base_tree(subject: Subject, selection: Selection) -> BaseTree | None:
    commit = None
    if selection.git is not None and selection.comparison.base is not None:
        commit = CommitTree(git=selection.git, commit=selection.comparison.base)
    if subject.model is None or subject.model.baseline is None:
        return commit
    return DirectoryTree(directory=subject.change.root / subject.model.baseline, commit=commit)


def runtime(name: RuntimeName, workspace: Path) -> Runtime:
    """The runtime of this name; there is no fallback from one to another."""
    from servegate.serving.binary import BinaryRuntime
    from servegate.serving.embedded import EmbeddedRuntime

    if name is RuntimeName.BINARY:
        return BinaryRuntime(workspace=workspace)
    return EmbeddedRuntime(workspace=workspace)
