"""The reports of a run's shards as one report on the whole run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from servegate.findings import NotExamined, Report, Verdict, worst
from servegate.progress import label
from servegate.shards import Shard
from servegate.wording import listed

_ALONE = Shard(index=1, total=1)
"""What a report is that no shard made."""


def merge(reports: Sequence[Report], problems: Collection[str]) -> Report:
    """One report, with the worst verdict of all.

    `problems` say which reports could not be had. With one of them, with a shard that is missing,
    there twice or was interrupted, with reports on different commits, or without any report, the
    verdict is never better than undecided.
    """
    doubts = (*problems, *_doubts(reports))
    verdicts = [one for report in reports for one in _verdicts(report)]
    verdict = worst([*verdicts, *([Verdict.UNDECIDED] if doubts else [])])
    models = (model for report in reports for model in report.models)
    return Report(
        verdict=verdict,
        base=_common(report.base for report in reports),
        head=_common(report.head for report in reports),
        runtime=", ".join(dict.fromkeys(report.runtime for report in reports)),
        serving_image=_common(report.serving_image for report in reports),
        seconds=max((report.seconds for report in reports), default=0.0),
        models=tuple(sorted(models, key=lambda one: label(one.name, one.candidate))),
        not_examined=(
            *dict.fromkeys(absent for report in reports for absent in report.not_examined),
            *(NotExamined(what=doubt, enable="run the job again") for doubt in doubts),
        ),
        phases=_longest(report.phases for report in reports),
        notes=tuple(dict.fromkeys(note for report in reports for note in report.notes)),
    )


def _verdicts(report: Report) -> Iterable[Verdict]:
    """What the models say counts as well: the file passed through other hands."""
    return (report.verdict, *(model.verdict for model in report.models))


def _doubts(reports: Sequence[Report]) -> Iterable[str]:
    if not reports:
        yield "no report of a shard was found"
        return
    if any(report.interrupted for report in reports):
        yield "a shard was interrupted before everything was examined"
    heads = dict.fromkeys(report.head for report in reports)
    if len(heads) > 1:
        yield f"the shards examined different commits: {listed(heads)}"
    totals = {(report.shard or _ALONE).total for report in reports}
    if len(totals) > 1:
        yield f"the shards are of different divisions: by {listed(sorted(totals))}"
        return
    yield from _gaps([report.shard or _ALONE for report in reports])


def _gaps(shards: Sequence[Shard]) -> Iterable[str]:
    total = max(shard.total for shard in shards)
    expected = (Shard(index=index, total=total) for index in range(1, total + 1))
    missing = [shard for shard in expected if shard not in shards]
    if missing:
        yield f"the reports of these shards are missing: {listed(missing)}"
    if len(set(shards)) < len(shards):
        yield "several reports are of the same shard"


def _longest(several: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Each phase as long as in the shard where it was longest: shards run side by side."""
    found: dict[str, float] = {}
    for phases in several:
        for name, seconds in phases.items():
            found[name] = max(seconds, found.get(name, 0.0))
    return found


def _common(values: Iterable[str | None]) -> str | None:
    """The one value that all have, None where they differ."""
    found = set(values)
    return found.pop() if len(found) == 1 else None
