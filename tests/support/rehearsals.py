"""Rehearsals as plain data."""

from __future__ import annotations

from servegate.facts.rehearsal import (
    Asked,
    MemorySeen,
    Moment,
    Rehearsal,
    RollBack,
    StateSeen,
    Timeline,
)
from servegate.tfserving.versions import Version

ONE, TWO = Version(1), Version(2)


def asked(at: float, version: int | None, *, seconds: float = 0.01, trouble: str = "") -> Asked:
    """One request, at so many seconds."""
    answering = None if version is None else Version(version)
    return Asked(at=at, seconds=seconds, version=answering, trouble=trouble)


def timeline(*requests: Asked, memory: tuple[int, ...] = ()) -> Timeline:
    """Version 2 takes over from 1 at the second second, and gives way at the third."""
    return Timeline(
        moments=(
            Moment(at=1.0, what="version 2 is delivered"),
            Moment(at=2.0, what="version 2 has taken over"),
        ),
        states=(
            StateSeen(at=0.0, version=ONE, state="AVAILABLE"),
            StateSeen(at=1.5, version=TWO, state="LOADING"),
            StateSeen(at=1.8, version=TWO, state="AVAILABLE"),
            StateSeen(at=2.0, version=ONE, state="END"),
        ),
        asked=requests or (asked(0.5, 1), asked(1.9, 2), asked(2.5, 2)),
        memory=tuple(MemorySeen(at=float(at), amount=one) for at, one in enumerate(memory)),
        seconds=3.0,
    )


def rehearsal(
    seen: Timeline | None = None,
    *,
    switched: float | None = 2.0,
    failure: str = "",
    killed: bool = False,
    roll_back: RollBack | None = None,
    notes: tuple[str, ...] = (),
) -> Rehearsal:
    """An upgrade from version 1 to version 2."""
    return Rehearsal(
        base=ONE,
        candidate=TWO,
        answers=True,
        timeline=seen or timeline(),
        delivered=1.0,
        switched=None if failure else switched,
        failure=failure,
        killed=killed,
        roll_back=roll_back,
        notes=notes,
    )
