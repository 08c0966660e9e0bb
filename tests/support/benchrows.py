"""Rows, origins and plans of the bench of detection, made by hand."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.detection.case import Kind, Plan
from benchmarks.detection.origin import Origin
from benchmarks.detection.peers.row import PeerRow
from benchmarks.detection.row import Row
from tests.support.checkpoints import write_linear_model

CLAIMS = {"deaf": ("G01", "G02"), "stale": ("V02",), "style": ()}


def row(
    kind: Kind,
    subject: str,
    *,
    exit_code: int = 0,
    group: str = "graph/one",
    origin: str = "iris",
    failed: tuple[str, ...] = (),
    advised: tuple[str, ...] = (),
    advisory: bool = False,
    allowed: tuple[str, ...] = (),
) -> Row:
    return Row(
        case=f"{kind} {subject} {group} on {origin}",
        kind=kind,
        subject=subject,
        group=group,
        origin=origin,
        runtime="embedded",
        exit_code=exit_code,
        failed=failed,
        advised=advised,
        errored=(),
        advisory=advisory,
        allowed=allowed,
        seconds=1.5,
    )


def peer_row(
    peer: str, kind: Kind, subject: str, *, noticed: bool, origin: str = "iris"
) -> PeerRow:
    return PeerRow(
        peer=peer,
        case=f"{kind} {subject} graph/one on {origin}",
        kind=kind,
        subject=subject,
        group="graph/one",
        origin=origin,
        noticed=noticed,
        said="exit status 0: fine",
    )


def plan(kind: Kind, subject: str, group: str) -> Plan:
    return Plan(kind=kind, subject=subject, group=group, variant=None, rollout="volume")


def paper_origin(name: str) -> Origin:
    """An origin without files."""
    return Origin(name=name, base=Path(), head=Path(), path=f"models/{name}", old="1", new="2")


def linear_origin(folder: Path) -> Origin:
    """A pull request that adds version 2 of `y = weight * x + bias`."""
    base, head = folder / "base", folder / "head"
    write_linear_model(base / "models" / "line" / "1")
    shutil.copytree(base, head)
    write_linear_model(head / "models" / "line" / "2", weight=4.0)
    return Origin(name="line", base=base, head=head, path="models/line", old="1", new="2")
