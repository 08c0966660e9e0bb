"""Counts what peers notice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from benchmarks.detection.case import Kind
from benchmarks.detection.peers.row import PeerRow
from benchmarks.detection.tally import Share


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerCount:
    """What one peer stops. `told_apart` is of the pairs of a mutant and its twin on one model."""

    mutants: Share
    twins: Share
    told_apart: Share


def peer_counts(rows: Iterable[PeerRow]) -> dict[str, PeerCount]:
    """Counts by peer, sorted."""
    by_peer: dict[str, list[PeerRow]] = defaultdict(list)
    for row in rows:
        by_peer[row.peer].append(row)
    return {peer: _count(own) for peer, own in sorted(by_peer.items())}


def noticed_by(rows: Iterable[PeerRow]) -> Callable[[str], list[tuple[str, str]]]:
    """For a fault: the peers that stop any of its mutants, and how many of how many."""
    by_fault: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for row in rows:
        if row.kind is Kind.MUTANT:
            by_fault[row.subject, row.peer].append(row.noticed)

    def of(fault: str) -> list[tuple[str, str]]:
        return [
            (peer, f"{sum(noticed)}/{len(noticed)}")
            for (subject, peer), noticed in sorted(by_fault.items())
            if subject == fault and any(noticed)
        ]

    return of


def _count(rows: Iterable[PeerRow]) -> PeerCount:
    noticed: dict[Kind, dict[tuple[str, str], bool]] = {Kind.MUTANT: {}, Kind.TWIN: {}}
    for row in rows:
        noticed[row.kind][row.group, row.origin] = row.noticed
    mutants, twins = noticed[Kind.MUTANT], noticed[Kind.TWIN]
    pairs = mutants.keys() & twins.keys()
    return PeerCount(
        mutants=Share(hits=sum(mutants.values()), of=len(mutants)),
        twins=Share(hits=sum(twins.values()), of=len(twins)),
        told_apart=Share(
            hits=sum(mutants[pair] and not twins[pair] for pair in pairs), of=len(pairs)
        ),
    )
