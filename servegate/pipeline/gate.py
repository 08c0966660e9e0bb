"""Validates every changed model and says whether the change may be merged."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING

from servegate.changes.event import CiEvent
from servegate.deadline import Deadline
from servegate.findings import ModelReport, Report, Verdict, worst
from servegate.isolation.workspace import Workspace
from servegate.phases import Phase
from servegate.pipeline.options import Options
from servegate.pipeline.selection import Selection, select
from servegate.progress import Progress

if TYPE_CHECKING:
    from servegate.engine.registry import Registry
    from servegate.pipeline.examination import Examiner

# No run of a gate takes a day; what is waited for has deadlines of its own within this one.
_LONGEST_RUN = 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run that was begun.

    `checks` are the ids of all checks; `registry` finds the checks themselves, and is called only
    when there is something to check. `cancelled` ends every wait; the report is made all the same.
    """

    options: Options
    event: CiEvent | None
    checks: Collection[str]
    registry: Callable[[], Registry]
    progress: Progress
    cancelled: threading.Event

    def report(self) -> Report:
        """Validates and reports. Raises `WrongUse`, and `CannotTell` when git does not work."""
        started = time.monotonic()
        deadline = Deadline.after(_LONGEST_RUN, self.cancelled)
        selection = select(self.options, self.event, self.checks, deadline)
        selected = time.monotonic()
        if self.options.shard is not None:
            selection = selection.part(self.options.shard)
        models, serving_image = self._models(selection, deadline)
        report = Report(
            verdict=_verdict(models, interrupted=self.cancelled.is_set()),
            base=selection.comparison.base,
            head=selection.comparison.head,
            runtime=self.options.runtime,
            seconds=time.monotonic() - started,
            models=models,
            serving_image=serving_image,
            notes=(selection.comparison.reason,),
            interrupted=self.cancelled.is_set(),
            shard=self.options.shard,
            phases={Phase.SELECTION: selected - started},
        )
        self.progress.run_finished(report)
        return report

    def _models(
        self, selection: Selection, deadline: Deadline
    ) -> tuple[tuple[ModelReport, ...], str | None]:
        """The reports, and the production image that servers were started from, if any was."""
        if not selection.subjects and not selection.unclaimed:
            return (), None
        # Only now: checks and evidence bring numpy and the model's messages with them.
        from servegate.pipeline.examination import Examiner, unclaimed_report
        from servegate.pipeline.runtimes import Runtimes

        strays = tuple(unclaimed_report(one) for one in selection.unclaimed)
        if not selection.subjects:
            return strays, None
        self.progress.run_started([subject.label for subject in selection.subjects])
        serving = selection.config.serving
        with (
            Workspace() as workspace,
            Runtimes(self.options, serving, selection.comparison.head) as runtimes,
        ):
            examiner = Examiner(
                options=self.options,
                selection=selection,
                registry=self.registry(),
                progress=self.progress,
                runtimes=runtimes,
                workspace=workspace.path,
                deadline=deadline,
            )
            return (*self._side_by_side(examiner), *strays), runtimes.serving_image

    def _side_by_side(self, examiner: Examiner) -> tuple[ModelReport, ...]:
        with ThreadPoolExecutor(max_workers=self.options.jobs) as pool:
            futures = [
                pool.submit(examiner.examine, subject) for subject in examiner.selection.subjects
            ]
            self._await(futures)
        return tuple(future.result() for future in futures)

    def _await(self, futures: Collection[Future[ModelReport]]) -> None:
        """Waits in short steps, so that a signal reaches this thread; then all end early."""
        waiting: Collection[Future[ModelReport]] = futures
        while waiting:
            try:
                _, waiting = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)
            except KeyboardInterrupt:
                self.cancelled.set()


def _verdict(models: Collection[ModelReport], *, interrupted: bool) -> Verdict:
    """The worst verdict on a model; without any the change is `UNCHANGED`."""
    if not models:
        return Verdict.UNDECIDED if interrupted else Verdict.UNCHANGED
    verdict = worst(one.verdict for one in models)
    return Verdict.UNDECIDED if interrupted and verdict is Verdict.ACCEPTED else verdict
