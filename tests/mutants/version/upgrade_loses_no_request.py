"""Upgrades during which clients get no answer."""

from __future__ import annotations

from benchmarks.detection.editing.model import model
from benchmarks.detection.editing.surgery import assigned, at_start, handle_of
from tests.support.engine import standin_image
from tests.support.scenes import Scene

_ROOM = "1GiB"


def _holding(scene: Scene, name: str, mebibytes: int, weight: float) -> None:
    """A version that holds so much memory once it is loaded."""
    count = mebibytes * 2**18
    with model(scene.model(name, weight=weight)) as served:
        handle = handle_of(served, (count,), "float32")
        shape = served.constant([count], "int32")
        zero = served.constant(0.0, "float32")
        full = served.node("Fill", shape, zero, T="float32", index_type="int32")
        at_start(served, assigned(served, handle, full, "float32"))


def _two_versions(scene: Scene, mebibytes: int) -> None:
    scene.needs_docker()
    scene.configure(serving={"memory": _ROOM, "image": standin_image()})
    _holding(scene, "1", mebibytes, 2.0)
    scene.branch_off()
    _holding(scene, "2", mebibytes, 7.0)


def mutant_r03_both_versions_exceed_the_memory(scene: Scene) -> str:
    _two_versions(scene, 400)
    return "serving.memory"


def twin_r03_both_versions_fit(scene: Scene) -> None:
    _two_versions(scene, 1)
