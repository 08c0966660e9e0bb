"""How a run would be divided among the jobs of a CI system, without examining anything."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from servegate.changes.event import CiEvent
from servegate.deadline import Deadline
from servegate.pipeline.options import Options
from servegate.pipeline.selection import Selection, select
from servegate.shards import Shard


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job of the matrix, and the labels of what it will examine."""

    shard: Shard
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The jobs of a run. There is always one: GitHub refuses an empty matrix."""

    selection: Selection
    jobs: tuple[Job, ...]


def plan(
    options: Options,
    event: CiEvent | None,
    known_checks: Collection[str],
    deadline: Deadline,
    most: int,
) -> Plan:
    """At most `most` jobs, of which none is idle unless it is the only one.

    Every job finds its own part as this does. Raises `WrongUse` and `CannotTell`.
    """
    selection = select(options, event, known_checks, deadline)
    total = max(1, min(len(selection.subjects), most))
    shards = (Shard(index=index, total=total) for index in range(1, total + 1))
    return Plan(
        selection=selection,
        jobs=tuple(
            Job(shard=shard, labels=tuple(one.label for one in selection.part(shard).subjects))
            for shard in shards
        ),
    )
