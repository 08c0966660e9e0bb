"""Versions that a server cannot load."""

from __future__ import annotations

from pathlib import Path

from benchmarks.detection.editing.model import model
from benchmarks.detection.editing.surgery import at_start, shapes, types
from tests.support.checkpoints import write_linear_model
from tests.support.scenes import BASE_PATH, Scene
from tests.support.tinymodels import (
    write_model,
)


def _write_pausing(directory: Path, *, seconds: float) -> None:
    """Loading it runs an initialiser that sleeps."""
    write_model(directory)
    kinds = {"output_types": types("int64"), "output_shapes": shapes(())}
    with model(directory) as served:
        nothing = served.constant(0, "int64")
        one = served.node(
            "TensorDataset", nothing, Toutput_types=types("int64"), output_shapes=shapes(())
        )
        pause = served.constant(int(seconds * 1e6), "int64")
        slow = served.node("SleepDataset", one, pause, **kinds)
        at_start(served, served.node("DatasetToSingleElement", slow, **kinds))


def _write_failing(directory: Path) -> None:
    """Loading it runs an initialiser that makes sure of something which does not hold."""
    write_model(directory)
    with model(directory) as served:
        holds = served.constant(0, "bool")
        said = served.constant("the lexicon is empty", "string")
        at_start(served, served.node("Assert", holds, said, T=types("string")))


def mutant_v18_all_versions_and_the_newest_fails(scene: Scene) -> str:
    scene.production("all { }")
    scene.released("1")
    _write_failing(scene.version("2"))
    return f"{BASE_PATH}/2"


def mutant_v18_latest_two_and_the_newest_fails(scene: Scene) -> str:
    scene.production("latest { num_versions: 2 }")
    scene.released("1")
    _write_failing(scene.version("2"))
    return "Version 2"


def twin_v18_all_versions(scene: Scene) -> None:
    scene.production("all { }")
    scene.released("1")
    write_linear_model(scene.version("2"), weight=7.0)


def mutant_r01_loads_beyond_what_production_waits(scene: Scene) -> str:
    scene.configure(serving={"load_timeout": "10s"})
    scene.released("1")
    _write_pausing(scene.version("2"), seconds=600)
    return "did not become AVAILABLE in time"


def twin_r01_loads_within_what_production_waits(scene: Scene) -> None:
    scene.configure(serving={"load_timeout": "100s"})
    scene.released("1")
    _write_pausing(scene.version("2"), seconds=0.1)
