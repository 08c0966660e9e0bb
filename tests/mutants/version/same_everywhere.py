"""Versions that are another model in every server."""

from __future__ import annotations

from benchmarks.detection.editing.model import model
from benchmarks.detection.editing.surgery import assigned, at_start, handle_of, held_by, outputs
from tests.support.scenes import Scene


def _drawing(scene: Scene, name: str, factor: float, weight: float = 7.0) -> None:
    """A version that draws a number while it is loaded, and adds its product to every answer."""
    with model(scene.model(name, weight=weight)) as served:
        port = outputs(served)[0]
        handle = handle_of(served, (), port.dtype)
        shape = served.constant([], "int32")
        drawn = served.node("RandomUniform", shape, T="int32", dtype=port.dtype, seed=0, seed2=0)
        at_start(served, assigned(served, handle, drawn, port.dtype))
        held = held_by(served, handle, port.dtype)
        share = served.node("Mul", held, served.constant(factor, port.dtype), T=port.dtype)
        port.info.name = served.node("AddV2", port.tensor, share, T=port.dtype)


def mutant_n05_a_number_is_drawn_at_the_start(scene: Scene) -> str:
    scene.released("1")
    _drawing(scene, "2", 5.0)
    return "Two servers with version 2"


def twin_n05_a_number_is_drawn_and_not_used(scene: Scene) -> None:
    scene.released("1")
    _drawing(scene, "2", 0.0)


def mutant_n05_fresh_servers_draw_at_the_start(scene: Scene) -> str:
    scene.configure(serving={"rollout": "image"})
    scene.released("1")
    _drawing(scene, "2", 5.0)
    return "Two servers with version 2"


def twin_n05_fresh_servers_draw_and_do_not_use_it(scene: Scene) -> None:
    scene.configure(serving={"rollout": "image"})
    scene.released("1")
    _drawing(scene, "2", 0.0)
