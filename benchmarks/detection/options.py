"""The command line of the bench."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.detection.running import PROJECT


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What to run. Empty selections mean everything; `sample` 0 is all of it.

    `most` is on how many models each fault and scenario is run, 0 for all that it fits.
    """

    faults: frozenset[str]
    scenarios: frozenset[str]
    models: frozenset[str]
    only_mutants: bool
    jobs: int
    most: int
    sample: int
    runtime: str
    prove: bool
    peers: bool
    output: Path
    page: Path | None


def parse(arguments: Sequence[str]) -> Options:
    """Reads the arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.detection",
        description="Breaks healthy models in every known way, and counts what the gate says.",
    )
    parser.add_argument("--faults", default="", help="only these, as V02,G01; none: no faults")
    parser.add_argument("--scenarios", default="", help="only these, as H05; none: no scenarios")
    parser.add_argument("--models", default="", help="only on these, as iris,cars")
    parser.add_argument(
        "--jobs",
        type=int,
        default=2 * (os.cpu_count() or 1),
        help="how many cases at once; half of each is waiting for servers to start",
    )
    parser.add_argument(
        "--most", type=int, default=0, help="run every fault on so many models, 0: on all"
    )
    parser.add_argument(
        "--sample", type=int, default=0, help="only so many, on one model each, always the same"
    )
    parser.add_argument("--runtime", default="embedded", choices=("embedded", "docker", "binary"))
    parser.add_argument(
        "--no-proof", action="store_true", help="do not measure the effects of faults"
    )
    parser.add_argument("--peers", action="store_true", help="show the faults to other tools too")
    parser.add_argument("--output", type=Path, default=PROJECT / "build" / "detection")
    parser.add_argument("--page", type=Path, help="write the results there, as Markdown")
    given = parser.parse_args(arguments)
    if given.peers and given.no_proof:
        parser.error("--peers needs what the proof measures: leave out --no-proof")
    return Options(
        faults=_names(given.faults),
        scenarios=_names(given.scenarios),
        models=_names(given.models),
        only_mutants=bool(given.faults) and not given.scenarios,
        jobs=given.jobs,
        most=1 if given.sample else given.most,
        sample=given.sample,
        runtime=given.runtime,
        prove=not given.no_proof,
        peers=given.peers,
        output=given.output,
        page=given.page,
    )


def _names(text: str) -> frozenset[str]:
    return frozenset(one.strip() for one in text.split(",") if one.strip())
