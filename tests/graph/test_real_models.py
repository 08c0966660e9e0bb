"""Models of other people, against what was found out about them by other means."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from servegate.graph.dependence import Influence, ModelGraph
from servegate.graph.weights import needed_variables
from servegate.savedmodel.reader import read


def described(shared_models: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads((shared_models / "index.json").read_text("utf-8"))
    assert len(entries) == 14
    return entries


def test_static_reachability_is_as_recorded(shared_models: Path) -> None:
    compared = 0
    for entry in described(shared_models):
        model = read(shared_models / entry["name"] / entry["version"])
        graph = ModelGraph(model.meta_graph)
        for name, recorded in entry["static_reachability"].items():
            signature = model.signature(name)
            assert signature is not None
            found = graph.dependence(signature)
            values = {
                output: sorted(one for one in row if row[one] is Influence.VALUE)
                for output, row in found.matrix.items()
            }
            assert values == recorded["reach"], (entry["name"], name)
            assert list(found.outputs_without_input) == recorded["outputs_with_no_input"]
            assert (
                list(found.inputs_without_influence) == recorded["inputs_not_reaching_any_output"]
            )
            compared += 1
    assert compared > 20


def test_what_was_measured_to_have_an_influence_is_never_denied(shared_models: Path) -> None:
    for entry in described(shared_models):
        if not entry["executes"] or entry["inputs_without_influence"] is None:
            continue
        model = read(shared_models / entry["name"] / entry["version"])
        graph = ModelGraph(model.meta_graph)
        idle = set(entry["inputs_without_influence"])
        for signature in model.signatures:
            assert set(graph.dependence(signature).inputs_without_influence) <= idle


def test_every_model_that_ships_variables_needs_them(shared_models: Path) -> None:
    for entry in described(shared_models):
        directory = shared_models / entry["name"] / entry["version"]
        if (directory / "variables").is_dir():
            model = read(directory)
            assert needed_variables(ModelGraph(model.meta_graph), model), entry["name"]
