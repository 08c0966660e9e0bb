"""`python -m benchmarks.detection`: measures what the gate detects and whom it accuses."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.detection.bench import Bench
from benchmarks.detection.case import Case, of_mutators, of_origins, of_scenarios, sample
from benchmarks.detection.exceptions import accepted, superfluous
from benchmarks.detection.options import Options, parse
from benchmarks.detection.origin import Origin, all_origins
from benchmarks.detection.registry import all_mutators, all_scenarios
from benchmarks.detection.row import Row, write_rows
from benchmarks.detection.tally import accused, detected
from servegate.cli.registry import all_checks


def main() -> int:
    """Runs the bench; 1 when anything is wrong that is not accepted, 0 otherwise."""
    options = parse(sys.argv[1:])
    options.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="servegate-bench-") as folder:
        origins = all_origins(Path(folder) / "origins")
        bench = Bench(
            folder=Path(folder),
            runtime=options.runtime,
            most=options.most,
            prove=options.prove,
            tell=lambda text: print(text, flush=True),  # noqa: T201 - a program's output
        )
        bench.run(cases(options, origins), options.jobs)
    rows = sorted(bench.rows, key=lambda row: row.case)
    write_rows(rows, options.output / "rows.jsonl")
    if options.page is not None:
        from benchmarks.detection.page import page

        options.page.write_text(page(rows), "utf-8")
    return _judge(rows, bench.broken)


def cases(options: Options, origins: tuple[Origin, ...]) -> tuple[Case, ...]:
    """What the options choose."""
    found = tuple(_all_cases(options, origins))
    return sample(found, options.sample) if options.sample else found


def _all_cases(options: Options, origins: tuple[Origin, ...]) -> Iterator[Case]:
    chosen = [one for one in origins if not options.models or one.name in options.models]
    faults = [one for one in all_mutators() if not options.faults or one.fault in options.faults]
    yield from of_mutators(faults, chosen)
    if options.only_mutants:
        return
    rows = [one for one in all_scenarios() if not options.scenarios or one.row in options.scenarios]
    yield from of_scenarios(rows, chosen)
    if not options.scenarios:
        yield from of_origins(chosen)


def _judge(rows: list[Row], broken: list[str]) -> int:
    claims = {check.id: check.claims for check in all_checks()}
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
