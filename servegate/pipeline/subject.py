"""One candidate, or one file that nobody claims, to its part of the report."""

from __future__ import annotations

import time
from collections.abc import Mapping

from servegate.engine.judge import Rulings, verdict_on_model
from servegate.engine.registry import Registry
from servegate.engine.run import Examination, examine
from servegate.engine.store import EvidenceStore
from servegate.facts.change import Unclaimed
from servegate.findings import (
    CheckResult,
    Finding,
    Location,
    ModelReport,
    Severity,
    Status,
    Verdict,
)
from servegate.pipeline.selection import Subject
from servegate.progress import Progress, label

LAYOUT = "version/layout"


def examine_subject(
    subject: Subject,
    registry: Registry,
    seeds: Mapping[str, object],
    rulings: Rulings,
    progress: Progress,
) -> ModelReport:
    """Runs every check on one candidate. Whatever goes wrong is in the report."""
    started = time.monotonic()
    name = subject.change.name
    candidate = str(subject.candidate.version) if subject.candidate else None
    progress.model_started(name, candidate)
    with EvidenceStore(registry, seeds, label(name, candidate), progress) as store:
        examination = examine(store, rulings)
    report = ModelReport(
        name=name,
        path=subject.change.path,
        candidate=candidate,
        baseline=tuple(str(one.version) for one in subject.change.base_names.versions),
        verdict=_verdict(examination),
        checks=examination.results,
        not_examined=examination.not_examined,
        seconds=time.monotonic() - started,
        evidence_seconds=dict(store.seconds),
    )
    progress.model_finished(report)
    return report


def _verdict(examination: Examination) -> Verdict:
    verdict = verdict_on_model(examination.results)
    interrupted = examination.interrupted and verdict is Verdict.ACCEPTED
    return Verdict.UNDECIDED if interrupted else verdict


def unclaimed_report(stray: Unclaimed) -> ModelReport:
    """A changed `saved_model.pb[txt]` of no model: a finding, or a question."""
    folder = stray.path.rpartition("/")[0] or "."
    judge = _misplaced if stray.has_numbered_siblings else _unknown
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
    finding = Finding(
        message=f"{stray.path} belongs to no model, and the directories beside it are versions of "
        f"{stray.model_path}: TF Serving never sees it.",
        expected="a version directory whose name is a number, below the path of a model",
        observed=stray.path,
        remedy=f"Rename {folder} to a number higher than the others, or list "
        f"{stray.model_path} under `models:` in servegate.yml.",
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
