"""A mutant that is not what it says is found out, on a real server."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from benchmarks.detection.change import Change
from benchmarks.detection.editing.weights import change_floats
from benchmarks.detection.origin import Origin
from benchmarks.detection.proof import (
    Measured,
    Unproven,
    measure,
    prove_difference,
    prove_effect,
)
from benchmarks.detection.registry import Builder, Effect, Part, Variant
from servegate.facts.probes import Probe, Provenance
from tests.support.benchrows import linear_origin
from tests.support.tinymodels import write_model


def probe(number: float) -> Probe:
    return Probe(
        label=str(number),
        signature="serving_default",
        inputs={"x": np.array([[number]], np.float32)},
        provenance=Provenance.SYNTHESISED,
    )


PROBES = [probe(number) for number in (-1.0, 0.5, 20.0)]


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Origin:
    return linear_origin(tmp_path_factory.mktemp("origin"))


@pytest.fixture(scope="module")
def healthy(origin: Origin, tmp_path_factory: pytest.TempPathFactory) -> Measured:
    found = measure(origin.head / origin.path / "2", PROBES, tmp_path_factory.mktemp("m") / "m")
    assert [one.answered for one in found.first] == [True] * 3
    return found


def retrain(change: Change) -> None:
    change_floats(change.new, lambda values: values * 2)


def zero(change: Change) -> None:
    change_floats(change.new, lambda values: values * 0)


def spoil(change: Change) -> None:
    change_floats(change.new, lambda values: values * np.nan)


def empty(change: Change) -> None:
    (change.new / "saved_model.pb").write_bytes(b"")


def rename_input(change: Change) -> None:
    write_model(change.new, weight=4.0, input_name="given")


def hide(change: Change) -> None:
    change.rename("v2")


def nothing(change: Change) -> None:
    """Leaves all as it is."""


def variant(build: Builder, effect: Effect, *changes: Part) -> Variant:
    return Variant(name=build.__name__, build=build, effect=effect, changes=frozenset(changes))


TRUE = [
    (nothing, (Effect.AS_BEFORE, Effect.ANSWERS, Effect.ELSEWHERE)),
    (retrain, (Effect.OTHERWISE, Effect.ANSWERS)),
    (zero, (Effect.CONSTANT, Effect.PARTLY_CONSTANT, Effect.OTHERWISE)),
    (spoil, (Effect.NOT_FINITE,)),
    (empty, (Effect.DOES_NOT_LOAD,)),
    (rename_input, (Effect.REFUSES, Effect.REFUSES_SOME)),
    (hide, (Effect.NOT_SERVED,)),
]
FALSE = [
    (nothing, (Effect.OTHERWISE, Effect.UNSTABLE, Effect.NOT_FINITE, Effect.NOT_SERVED)),
    (retrain, (Effect.AS_BEFORE, Effect.CONSTANT, Effect.PARTLY_CONSTANT)),
    (zero, (Effect.REFUSES, Effect.REFUSES_SOME, Effect.DOES_NOT_LOAD)),
    (empty, (Effect.ANSWERS, Effect.REFUSES)),
    (rename_input, (Effect.ANSWERS, Effect.CONSTANT)),
]


def pairs(
    table: Iterable[tuple[Builder, Iterable[Effect]]],
) -> list[tuple[Builder, Effect]]:
    return [(build, effect) for build, effects in table for effect in effects]


@pytest.mark.parametrize(("build", "effect"), pairs(TRUE))
def test_the_truth_is_proven(
    build: Builder, effect: Effect, origin: Origin, healthy: Measured, tmp_path: Path
) -> None:
    change = Change.of(origin, tmp_path)
    build(change)
    prove_effect(change, healthy, variant(build, effect), tmp_path / "proof")


@pytest.mark.parametrize(("build", "effect"), pairs(FALSE))
def test_a_lie_is_found_out(
    build: Builder, effect: Effect, origin: Origin, healthy: Measured, tmp_path: Path
) -> None:
    change = Change.of(origin, tmp_path)
    build(change)
    with pytest.raises(Unproven):
        prove_effect(change, healthy, variant(build, effect), tmp_path / "proof")


def test_a_change_differs_where_it_says(origin: Origin, tmp_path: Path) -> None:
    before = Change.of(origin, tmp_path / "before")
    change = Change.of(origin, tmp_path / "after")
    retrain(change)
    prove_difference(change, before, variant(retrain, Effect.ANSWERS, Part.WEIGHTS))
    for parts in ((), (Part.MODEL,), (Part.ASSETS, Part.FILES)):
        with pytest.raises(Unproven, match="and changes"):
            prove_difference(change, before, variant(retrain, Effect.ANSWERS, *parts))


def test_a_change_that_does_nothing_is_found_out(origin: Origin, tmp_path: Path) -> None:
    before = Change.of(origin, tmp_path / "before")
    change = Change.of(origin, tmp_path / "after")
    with pytest.raises(Unproven):
        prove_difference(change, before, variant(nothing, Effect.ANSWERS, Part.WEIGHTS))


PLACES = [
    ("models/line/2/assets/words.txt", Part.ASSETS),
    ("models/line/2/assets.extra/note", Part.FILES),
    ("models/line/3/saved_model.pb", Part.LAYOUT),
    ("models/other/1/saved_model.pb", Part.LAYOUT),
    ("deploy/models.config", Part.CONFIGURATION),
    ("Dockerfile", Part.DEPLOYMENT),
    ("data/line.jsonl", Part.EXAMPLES),
    ("client/request.py", Part.CODE),
    ("README.md", Part.OTHER),
]


@pytest.mark.parametrize(("file", "part"), PLACES)
def test_parts_by_their_files(file: str, part: Part, origin: Origin, tmp_path: Path) -> None:
    before = Change.of(origin, tmp_path / "before")
    change = Change.of(origin, tmp_path / "after")
    change.head.write(file, "new")
    prove_difference(change, before, variant(nothing, Effect.ANSWERS, part))
