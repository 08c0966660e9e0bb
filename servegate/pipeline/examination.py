"""One candidate, or one file that nobody claims, to its part of the report."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from servegate.changes.baseline import CommitTree
from servegate.deadline import Deadline
from servegate.engine.judge import Rulings, verdict_on_model
from servegate.engine.registry import Registry
from servegate.engine.run import Examination, examine
from servegate.engine.store import EvidenceStore
from servegate.facts.change import Unclaimed
from servegate.facts.history import BaseTree
from servegate.facts.serving import Runtime
from servegate.facts.settings import Settings
from servegate.findings import (
    CheckResult,
    Finding,
    Location,
    ModelReport,
    Severity,
    Status,
    Verdict,
)
from servegate.isolation.workspace import new_folder
from servegate.phases import Spent
from servegate.pipeline.options import Options
from servegate.pipeline.outside_git import DirectoryTree
from servegate.pipeline.phases import phases
from servegate.pipeline.runtimes import Runtimes
from servegate.pipeline.selection import Selection, Subject
from servegate.pipeline.settings import rulings_for, settings_for
from servegate.progress import Progress

LAYOUT = "version/layout"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examiner:
    """Examines the candidates of one run; safe to use from several threads."""

    options: Options
    selection: Selection
    registry: Registry
    progress: Progress
    runtimes: Runtimes
    workspace: Path
    deadline: Deadline

    def examine(self, subject: Subject) -> ModelReport:
        """Runs every check on one candidate. Whatever goes wrong is in the report."""
        started = time.monotonic()
        change, version = subject.change, subject.version
        self.progress.model_started(change.name, version)
        folder = new_folder(self.workspace, "model")
        spent = Spent()
        runtime = self.runtimes.new(folder, spent)
        seeds = self._seeds(subject, folder, runtime, spent)
        with EvidenceStore(self.registry, seeds, subject.label, self.progress) as store:
            examination = examine(store, self._rulings(subject))
            examined = time.monotonic()
        ended = time.monotonic()
        report = ModelReport(
            name=change.name,
            path=change.path,
            candidate=version,
            baseline=tuple(str(one.version) for one in change.base_names.versions),
            verdict=_verdict(examination),
            checks=examination.results,
            not_examined=examination.not_examined,
            seconds=ended - started,
            phases=phases(
                store.seconds,
                self.registry,
                spent.seconds,
                examination.results,
                ended - examined,
            ),
            evidence_seconds=dict(store.seconds),
            image_id=runtime.image.id if runtime.image else None,
            image_digest=runtime.image.digest if runtime.image else None,
        )
        self.progress.model_finished(report)
        return report

    def _seeds(
        self, subject: Subject, folder: Path, runtime: Runtime, spent: Spent
    ) -> dict[str, object]:
        selection = self.selection
        seeds: dict[str, object] = {
            "change": subject.change,
            "settings": settings_for(
                selection.config, subject.model, selection.config_file, subject.change.root
            ),
            "base_tree": _base_tree(subject, selection),
            "settings_before": self._settings_before(subject),
            "repository": selection.repository,
            "production_image": self.runtimes.production_image(spent),
            "runtime": runtime,
            "workspace": folder,
            "deadline": self.deadline,
        }
        if subject.candidate is not None:
            seeds["candidate"] = subject.candidate
        return seeds

    def _settings_before(self, subject: Subject) -> Settings | None:
        selection, name = self.selection, subject.change.name
        config = selection.config_before
        if config is None:
            return None
        model = next((one for one in config.models if one.name == name), None)
        return settings_for(config, model, selection.config_file, subject.change.root)

    def _rulings(self, subject: Subject) -> Rulings:
        highest = subject.change.base_names.highest()
        # An `accept:` entry names the candidate, or the version that went away.
        version = subject.version or (str(highest.version) if highest else "")
        return rulings_for(
            self.selection.config,
            subject.model,
            subject.change.name,
            version,
            self.options.fail_on,
        )


def _base_tree(subject: Subject, selection: Selection) -> BaseTree | None:
    commit = None
    if selection.git is not None and selection.comparison.base is not None:
        commit = CommitTree(git=selection.git, commit=selection.comparison.base)
    if subject.model is None or subject.model.baseline is None:
        return commit
    return DirectoryTree(directory=subject.change.root / subject.model.baseline, commit=commit)


def _verdict(examination: Examination) -> Verdict:
    verdict = verdict_on_model(examination.results)
    interrupted = examination.interrupted and verdict is Verdict.ACCEPTED
    return Verdict.UNDECIDED if interrupted else verdict


def unclaimed_report(stray: Unclaimed) -> ModelReport:
    """A changed `saved_model.pb[txt]` of no model: a finding, or a question."""
    folder = stray.path.rpartition("/")[0] or "."
    judge = _misplaced if stray.has_numbered_siblings or stray.continues else _unknown
    result = judge(stray, folder)
    return ModelReport(
        name=folder,
        path=folder,
        candidate=None,
        baseline=(),
        verdict=verdict_on_model([result]),
        checks=(result,),
    )


def _misplaced(stray: Unclaimed, folder: str) -> CheckResult:
    where = f"{stray.path} belongs to no model, and "
    if stray.continues is None:
        why = f"the directories beside it are versions of {stray.model_path}"
        move = f"Rename {folder} to a number higher than the others, or list {stray.model_path}"
    else:
        parent, _, number = folder.rpartition("/")
        why = f"its number goes on from the versions of {stray.continues}, where it does not lie"
        move = f"Move {folder} to {stray.continues}/{number}, or list {parent}"
    finding = Finding(
        message=f"{where}{why}: TF Serving never sees it.",
        expected="a version directory whose name is a number, below the path of a model",
        observed=stray.path,
        remedy=f"{move} under `models:` in servegate.yml.",
        location=Location(file=stray.path),
        severity=Severity.BLOCKING,
    )
    return CheckResult(
        id=LAYOUT,
        title="Version directories are named and placed as TF Serving reads them",
        status=Status.FAILED,
        severity=Severity.BLOCKING,
        message=finding.message,
        remedy=finding.remedy,
        findings=(finding,),
    )


def _unknown(stray: Unclaimed, folder: str) -> CheckResult:
    parent = folder.rpartition("/")[0] or "."
    return CheckResult(
        id=LAYOUT,
        title="Version directories are named and placed as TF Serving reads them",
        status=Status.ERRORED,
        severity=Severity.BLOCKING,
        message=f"{stray.path} changed and belongs to no model, so nothing was validated.",
        remedy="Add to servegate.yml either `models: [{name: …, path: "
        f"{parent}}}]` with numbered version directories below it, or `ignore: [{folder}]`.",
    )
