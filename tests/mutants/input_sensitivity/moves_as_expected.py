"""Models whose answers move otherwise than the team expects."""

from __future__ import annotations

from tests.support.scenes import Scene

_CLIENT = """
def build(raw):
    return {"x": [raw["rooms"] * 10.0 + len(raw["name"]) * %s]}
"""


def _expect(scene: Scene, direction: str, changing: str = "x[0]", *, of_name: float = 0.0) -> None:
    rows = [
        {"raw": {"rooms": number, "name": "n" * (number % 3 + 1)}, "inputs": {"x": [number + 0.5]}}
        for number in range(6)
    ]
    wish = {"changing": changing, "output": "y[0]", "direction": direction}
    raw = {} if changing == "x[0]" else {"preprocessing": {"serving": "client:build"}}
    scene.write("client.py", _CLIENT % of_name)
    scene.examples(rows, sensitivity={"expectations": [wish]}, **raw)
    scene.released("1")


def mutant_g02_falls_where_it_is_to_grow(scene: Scene) -> str:
    _expect(scene, "increasing")
    scene.model("2", weight=-3.0)
    return "'y[0]' is to be increasing with 'x[0]', and is not in 6 of 6 changes"


def mutant_g02_stays_where_it_is_to_change(scene: Scene) -> str:
    _expect(scene, "changes")
    scene.model("2", weight=0.0)
    return "another answer"


def mutant_g02_moves_where_it_is_to_stay(scene: Scene) -> str:
    _expect(scene, "unchanged", "raw.name", of_name=0.25)
    scene.model("2", weight=3.0)
    return "the raw field 'name'"


def mutant_g02_falls_with_a_raw_field(scene: Scene) -> str:
    _expect(scene, "increasing", "raw.rooms")
    scene.model("2", weight=-3.0)
    return "the raw field 'rooms', and is not in 6 of 6 changes"


def twin_g02_grows_as_expected(scene: Scene) -> None:
    _expect(scene, "increasing")
    scene.model("2", weight=3.0)


def twin_g02_falls_as_expected(scene: Scene) -> None:
    _expect(scene, "decreasing")
    scene.model("2", weight=-3.0)


def twin_g02_stays_as_expected(scene: Scene) -> None:
    _expect(scene, "unchanged", "raw.name")
    scene.model("2", weight=3.0)


def twin_g02_grows_with_a_raw_field(scene: Scene) -> None:
    _expect(scene, "increasing", "raw.rooms")
    scene.model("2", weight=3.0)
