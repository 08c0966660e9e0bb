"""`python -m benchmarks.detection`: measures what the gate detects and whom it accuses."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path

from benchmarks.detection.bench import Bench
from benchmarks.detection.case import Case, Plan, of_mutators, of_origins, of_scenarios, sample
from benchmarks.detection.catalogue import FAULTS, HEALTHY, catalogue
from benchmarks.detection.exceptions import accepted, superfluous
from benchmarks.detection.inheritance import origins_to_ask, with_inherited
from benchmarks.detection.options import Options, parse
from benchmarks.detection.origin import Origin, all_origins
from benchmarks.detection.page import Results, page
from benchmarks.detection.peers.panel import panel
from benchmarks.detection.peers.row import write_peer_rows
from benchmarks.detection.registry import all_mutators, all_scenarios
from benchmarks.detection.row import Row, write_rows
from benchmarks.detection.tally import Claims, accused, detected
from servegate.cli.registry import all_checks


def main() -> int:
    """Runs the bench; 1 when anything is wrong that is not accepted, 0 otherwise."""
    options = parse(sys.argv[1:])
    bench = _run(options)
    rows = with_inherited(sorted(bench.rows, key=lambda row: row.case))
    claims = {check.id: check.claims for check in all_checks()}
    write_rows(rows, options.output / "rows.jsonl")
    write_peer_rows(bench.peer_rows, options.output / "peers.jsonl")
    if options.page is not None:
        results = Results(
            rows=rows,
            peers=tuple(bench.peer_rows),
            missing_peers=bench.panel.missing if bench.panel else (),
            claims=claims,
            faults=catalogue(FAULTS),
            healthy=catalogue(HEALTHY),
            exceptions=accepted(),
            scope=_scope(options),
        )
        options.page.write_text(page(results), "utf-8")
    return _judge(rows, bench.broken, claims)


def _scope(options: Options) -> str:
    if options.sample:
        return "A sample: faults and healthy changes on the first model that each fits."
    if options.most:
        return f"Faults and healthy changes each on at most {options.most} models that they fit."
    return ""


def _run(options: Options) -> Bench:
    options.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="servegate-bench-") as name:
        folder = Path(name)
        with panel(folder / "peers") if options.peers else nullcontext() as peers:
            origins = [
                one
                for one in all_origins(folder / "origins")
                if not options.models or one.name in options.models
            ]
            bench = Bench(
                folder=folder,
                runtime=options.runtime,
                most=options.most,
                prove=options.prove,
                tell=lambda text: print(text, flush=True),  # noqa: T201 - a program's output
                panel=peers,
            )
            bench.run(_cases(options, origins), options.jobs)
            asked = origins_to_ask(bench.rows)
            bench.run(of_origins(one for one in origins if one.name in asked), options.jobs)
    return bench


def _cases(options: Options, origins: list[Origin]) -> Iterator[Case]:
    """What the options choose."""
    plans = tuple(_plans(options))
    for plan in sample(plans, options.sample) if options.sample else plans:
        yield from plan.on(origins)
    if not (options.only_mutants or options.scenarios or options.sample):
        yield from of_origins(origins)


def _plans(options: Options) -> Iterator[Plan]:
    faults = [one for one in all_mutators() if not options.faults or one.fault in options.faults]
    yield from of_mutators(faults)
    if options.only_mutants:
        return
    rows = [one for one in all_scenarios() if not options.scenarios or one.row in options.scenarios]
    yield from of_scenarios(rows)


def _judge(rows: Iterable[Row], broken: list[str], claims: Claims) -> int:
    rows = tuple(rows)
    failing = {row.case: row for row in rows if row.fails(claims)}
    excused = accepted()
    wrong = [row for case, row in failing.items() if case not in excused]
    needless = superfluous(failing, [row.case for row in rows])
    lines = [
        *(
            f"{row.outcome(claims).upper()}: {row.case} {(*row.failed, *row.advised)}"
            for row in wrong
        ),
        *(f"NO LONGER NEEDED: the exception for {case}" for case in needless),
        *(f"BROKEN: {text}" for text in broken),
        f"{len(rows)} cases. Caught by a check that claims the fault: {detected(rows, claims)}.",
        f"Healthy ones accused: {accused(rows, claims)}.",
    ]
    print("\n".join(lines))  # noqa: T201 - a program's output
    return 1 if wrong or needless or broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
