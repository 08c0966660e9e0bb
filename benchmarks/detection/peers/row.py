"""What a peer made of a case."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from benchmarks.detection.case import Case, Kind

_SAID = 300  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerRow:
    """One case shown to one peer. `said` is its last word, shortened."""

    peer: str
    case: str
    kind: Kind
    subject: str
    group: str
    origin: str
    noticed: bool
    said: str

    @classmethod
    def of(cls, case: Case, peer: str, *, noticed: bool, said: str) -> Self:
        """The row of a case."""
        return cls(
            peer=peer,
            case=case.id,
            kind=case.kind,
            subject=case.subject,
            group=case.group,
            origin=case.origin.name,
            noticed=noticed,
            said=said[:_SAID],
        )


def write_peer_rows(rows: Iterable[PeerRow], file: Path) -> None:
    """JSON lines, sorted."""
    ordered = sorted(rows, key=lambda row: (row.case, row.peer))
    lines = (json.dumps(asdict(row), sort_keys=True) for row in ordered)
    file.write_text("".join(f"{line}\n" for line in lines))


def read_peer_rows(file: Path) -> tuple[PeerRow, ...]:
    """What `write_peer_rows` wrote."""
    documents = [json.loads(line) for line in file.read_text().splitlines()]
    return tuple(PeerRow(**{**one, "kind": Kind(one["kind"])}) for one in documents)
