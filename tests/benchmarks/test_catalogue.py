"""Every fault and every healthy change is made by the bench, or it is said why not."""

from __future__ import annotations

from benchmarks.detection.catalogue import FAULTS, HEALTHY, Entry, catalogue, contradictions
from benchmarks.detection.registry import all_mutators, all_scenarios


def test_every_fault_is_made_or_excused() -> None:
    faults = catalogue(FAULTS)
    assert len({one.id for one in faults}) == len(faults) == 91
    assert contradictions(faults, {one.fault for one in all_mutators()}) == ()


def test_every_healthy_change_is_made_or_excused() -> None:
    healthy = catalogue(HEALTHY)
    assert [one.id for one in healthy] == [f"H{number:02}" for number in range(1, 32)]
    assert contradictions(healthy, {one.row for one in all_scenarios()}) == ()


def test_contradictions() -> None:
    entries = (
        Entry(id="G01", name="made"),
        Entry(id="G02", name="excused", without="cannot be made"),
        Entry(id="G03", name="forgotten"),
        Entry(id="G04", name="made and excused", without="cannot be made"),
    )
    found = contradictions(entries, ("G01", "G04", "G99"))
    assert [one.split()[0] for one in found] == ["G99", "G03", "G04"]
