"""Upgrades that a running server does not make."""

from __future__ import annotations

from benchmarks.detection.editing.model import model
from benchmarks.detection.editing.starting import asserted_at_start
from tests.support.scenes import Scene

_BRIEFLY = "4s"


def _making_sure(scene: Scene, name: str, *, holds: bool) -> None:
    """A version that makes sure of something while it is loaded."""
    with model(scene.model(name)) as served:
        asserted_at_start(served, served.constant(holds, "bool"), "the table of rates is empty")


def _looking(scene: Scene, seconds: int) -> None:
    flag = f"--file_system_poll_wait_seconds={seconds}"
    scene.configure(serving={"flags": [flag], "load_timeout": _BRIEFLY})
    scene.released("1")
    scene.model("2")


def mutant_v10_new_version_fails_to_load(scene: Scene) -> str:
    scene.released("1")
    _making_sure(scene, "2", holds=False)
    return "the table of rates is empty"


def twin_v10_new_version_makes_sure_and_loads(scene: Scene) -> None:
    scene.released("1")
    _making_sure(scene, "2", holds=True)


def mutant_v13_production_looks_once(scene: Scene) -> str:
    _looking(scene, 0)
    return "--file_system_poll_wait_seconds keeps it from looking"


def twin_v13_production_looks_twice_a_minute(scene: Scene) -> None:
    _looking(scene, 30)


def mutant_v18_all_versions_are_served_and_the_newest_fails(scene: Scene) -> str:
    scene.production("all { }")
    scene.released("1")
    _making_sure(scene, "2", holds=False)
    return "version 1 would go on answering"


def twin_v18_all_versions_are_served(scene: Scene) -> None:
    scene.production("all { }")
    scene.released("1")
    _making_sure(scene, "2", holds=True)
