"""One run of the bench: groups of cases side by side, each on the models that it fits."""

from __future__ import annotations

import tempfile
import threading
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.detection.case import Case, Kind
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.peers.panel import Panel
from benchmarks.detection.peers.row import PeerRow
from benchmarks.detection.probing import answered_probes
from benchmarks.detection.proof import Measured, Unproven, measure
from benchmarks.detection.row import Row
from benchmarks.detection.running import GateBroke, run_case


@dataclass(slots=True, kw_only=True)
class Bench:
    """Runs cases; safe to use from several threads.

    `most` is on how many models each group is run, 0 for all that it fits; `prove` says whether
    effects are measured; `tell` is called with every outcome as it comes. A `panel` is shown every
    fault and twin.
    """

    folder: Path
    runtime: str
    most: int
    prove: bool
    tell: Callable[[str], None]
    panel: Panel | None = None
    rows: list[Row] = field(default_factory=list)
    peer_rows: list[PeerRow] = field(default_factory=list)
    misfits: list[tuple[str, str]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    _healthy: dict[str, Measured] = field(default_factory=dict)
    _locks: dict[str, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))

    def run(self, cases: Iterable[Case], jobs: int) -> None:
        """Runs everything; `rows`, `misfits` and `broken` hold what came of it."""
        groups: dict[str, list[Case]] = defaultdict(list)
        for case in cases:
            groups[f"{case.kind} {case.group}"].append(case)
        with ThreadPoolExecutor(max_workers=jobs) as pool:
            list(pool.map(self._group, groups.values()))

    def _group(self, cases: Sequence[Case]) -> None:
        taken: Counter[str] = Counter()
        for case in cases:
            if self.most and taken[case.rollout] >= self.most:
                continue
            if self._case(case):
                taken[case.rollout] += 1

    def _case(self, case: Case) -> bool:
        """Whether the case fitted."""
        runtime = "docker" if case.docker else self.runtime
        try:
            row, seen = run_case(case, self.folder, runtime, self._measure(case), self.panel)
        except DoesNotFit as misfit:
            self.misfits.append((case.id, str(misfit)))
            return False
        except (Unproven, GateBroke) as error:
            return self._broke(case, str(error))
        except Exception:  # noqa: BLE001 - one fault's mistake must not end the whole bench
            return self._broke(case, traceback.format_exc())
        self.rows.append(row)
        self.peer_rows.extend(seen)
        self.tell(f"exit {row.exit_code}  {case.id}  {row.spoke}")
        return True

    def _broke(self, case: Case, why: str) -> bool:
        self.broken.append(f"{case.id}: {why}")
        self.tell(f"BROKEN {case.id}: {why}")
        return True

    def _measure(self, case: Case) -> Measured | None:
        """What the healthy candidate of the case's origin does; asked once."""
        if not self.prove or case.kind is Kind.HEALTHY:
            return None
        origin = case.origin
        with self._locks[origin.name]:
            if origin.name not in self._healthy:
                place = Path(tempfile.mkdtemp(prefix="healthy-", dir=self.folder))
                probes = answered_probes(origin, place / "gate")
                candidate = origin.head / origin.path / origin.new
                self._healthy[origin.name] = measure(candidate, probes, place / "served")
            return self._healthy[origin.name]
