"""`docs/detection.md`: what was measured, as Markdown. Results in, text out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.detection.case import Kind
from benchmarks.detection.catalogue import Entry
from benchmarks.detection.peers.row import PeerRow
from benchmarks.detection.peers.tally import noticed_by, peer_counts
from benchmarks.detection.row import Outcome, Row
from benchmarks.detection.tally import Claims, Share, accused, claimed_faults, counted, detected
from servegate.report.safe import markdown

_INTRODUCTION = """\
# What the gate detects, and whom it accuses

A *mutant* is a healthy pull request with one fault put in. Its *clean twin* is the most similar
change that is no fault; *healthy changes* are what ordinary teams do every week. All are made
from the sample models and from public ones, each is proven before it counts (it differs where it
says, and served by itself it behaves as it claims), and each goes through the gate's own command
line. Mutants have to be rejected, by a check that claims the fault; twins and healthy changes
have to pass.

This page is written by `make bench-detection`; CONTRIBUTING.md says how a fault is added.
Intervals are Wilson's, at 95 %; cases that share a model or a fault are not independent, so they
are rather narrow."""

_FAULTS = """\
Mutants by what became of them, clean twins by whether they were accused. *Undecided* is exit code
3: the merge is blocked, and no check says why. Tools in the last column stopped that many of the
mutants."""

_PEERS = """\
The same candidates, given to what exists. *Load and query* starts a server on the candidate, as
version 1, waits until it is available and sends one request that the healthy candidate answers:
what TFX InfraValidator does. A tool *notices* when it ends with an error or says a complaint; it
*tells them apart* when it notices a mutant and not that mutant's twin on the same model.
modelscan and the `scan` of `saved_model_cli` look for unsafe ops only, and `show` prints for a
reader: none was made to judge a change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What a run found, and what it is measured by.

    `missing_peers` says of the tools that could not be run why; `exceptions` are cases that are
    known to be wrong, with the reasons. `scope` says what a run has left out, if it has.
    """

    rows: Sequence[Row]
    peers: Sequence[PeerRow]
    missing_peers: Sequence[str]
    claims: Claims
    faults: Sequence[Entry]
    healthy: Sequence[Entry]
    exceptions: Mapping[str, str]
    scope: str = ""


def page(results: Results) -> str:
    """The whole page."""
    sections = (
        [_INTRODUCTION],
        _totals(results),
        ["## Faults", _FAULTS, "\n".join(_fault_table(results))],
        _not_made(results.faults, "Faults that the bench does not make"),
        ["## Healthy changes", "\n".join(_healthy_table(results))],
        _not_made(results.healthy, "Healthy changes that the bench does not make"),
        ["## Models", "\n".join(_model_table(results))],
        _exceptions(results.exceptions),
        _peers(results),
    )
    return "\n\n".join(block for section in sections for block in section) + "\n"


def _totals(results: Results) -> Iterator[str]:
    rows, claims = results.rows, results.claims
    mutants = [row for row in rows if row.kind is Kind.MUTANT]
    stopped = sum(row.exit_code in (1, 3) for row in mutants)
    kinds = {Kind.TWIN: "clean twins", Kind.SCENARIO: "healthy changes", Kind.HEALTHY: "models"}
    lines = [
        ("mutants of claimed faults, caught by a check that claims the fault",
         detected(rows, claims)),
        ("all mutants, merge blocked", Share(hits=stopped, of=len(mutants))),
        *(
            (f"{name}, accused", accused([row for row in rows if row.kind is kind], claims))
            for kind, name in kinds.items()
        ),
    ]  # fmt: skip
    yield "## Totals"
    if results.scope:
        yield results.scope
    yield _table(("measured", "share and 95 % interval"), ((name, str(one)) for name, one in lines))
    undecided = [
        row
        for row in rows
        if row.kind is not Kind.MUTANT and row.outcome(claims) is Outcome.UNDECIDED
    ]
    yield (
        f"{len(rows)} pull requests of {len({row.origin for row in rows})} models; "
        f"{len(undecided)} healthy ones were left undecided."
    )


def _fault_table(results: Results) -> Iterator[str]:
    counts = counted(results.rows, results.claims, lambda row: row.subject)
    known = claimed_faults(results.claims)
    tools = noticed_by(results.peers)
    rows = []
    for entry in results.faults:
        if (count := counts.get(entry.id)) is None:
            continue
        name = entry.name if entry.id in known else f"{entry.name} (not claimed yet)"
        rows.append(
            (
                entry.id,
                markdown(name),
                *_numbers(
                    count.mutants,
                    Outcome.CLAIMED,
                    Outcome.OTHER,
                    Outcome.UNDECIDED,
                    Outcome.MISSED,
                ),
                *_numbers(count.healthy, Outcome.ACCUSED),
                ", ".join(f"{markdown(tool)} {share}" for tool, share in tools(entry.id)),
            )
        )
    head = ("", "fault", "mutants", "caught", "by another check", "undecided", "missed")
    yield _table((*head, "twins", "accused", "tools that stop it"), rows)


def _healthy_table(results: Results) -> Iterator[str]:
    counts = counted(results.rows, results.claims, lambda row: row.subject)
    yield _table(
        ("", "change", "cases", "undecided", "accused"),
        (
            (
                entry.id,
                markdown(entry.name),
                *_numbers(counts[entry.id].healthy, Outcome.UNDECIDED, Outcome.ACCUSED),
            )
            for entry in results.healthy
            if entry.id in counts
        ),
    )


def _model_table(results: Results) -> Iterator[str]:
    counts = counted(results.rows, results.claims, lambda row: row.origin)
    known = claimed_faults(results.claims)
    claimed = Counter(
        row.origin for row in results.rows if row.kind is Kind.MUTANT and row.subject in known
    )
    yield _table(
        (
            "model",
            "mutants of claimed faults",
            "caught",
            "twins and healthy",
            "undecided",
            "accused",
        ),
        (
            (
                markdown(origin),
                str(claimed[origin]),
                str(count.mutants[Outcome.CLAIMED]),
                *_numbers(count.healthy, Outcome.UNDECIDED, Outcome.ACCUSED),
            )
            for origin, count in counts.items()
        ),
    )


def _not_made(entries: Iterable[Entry], title: str) -> Iterator[str]:
    if left_out := [one for one in entries if one.without]:
        yield f"## {title}"
        yield _table(
            ("", "what", "why not"),
            ((one.id, markdown(one.name), markdown(one.without)) for one in left_out),
        )


def _exceptions(exceptions: Mapping[str, str]) -> Iterator[str]:
    yield "## Accepted exceptions"
    if not exceptions:
        yield "None."
        return
    yield "Known to be wrong; the list may only shrink."
    yield _table(
        ("case", "why"), ((markdown(case), markdown(why)) for case, why in exceptions.items())
    )


def _peers(results: Results) -> Iterator[str]:
    yield "## What existing tools notice"
    if not results.peers and not results.missing_peers:
        yield "They were not run this time."
        return
    yield _PEERS
    yield _table(
        ("tool", "mutants stopped", "twins stopped", "mutants told apart from their twins"),
        (
            (markdown(tool), str(count.mutants), str(count.twins), str(count.told_apart))
            for tool, count in peer_counts(results.peers).items()
        ),
    )
    if results.missing_peers:
        yield "Not run: " + "; ".join(markdown(one) for one in results.missing_peers) + "."


def _numbers(counter: Counter[Outcome], *outcomes: Outcome) -> tuple[str, ...]:
    """How many there are, and how many of each outcome."""
    return str(counter.total()), *(str(counter[one]) for one in outcomes)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (head, ["---"] * len(head), *rows)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
