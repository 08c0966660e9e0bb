"""All of production in one server: what is started, what is said of it, and when it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from servegate.checks import Outcome
from servegate.facts.start import LabelAnswer, ProductionStart
from servegate.findings import Remark, Status
from servegate.providers import Later
from servegate.tfserving.versions import Version
from tests.support.checks import make_check
from tests.support.scenes import NAME, Scene, gate
from tests.support.tinymodels import write_model

_ALLOWED = ["--allow_version_labels_for_unavailable_models=true"]


def _entry(name: str, more: str = "") -> str:
    place = f'base_path: "/models/{name}" model_platform: "tensorflow"'
    return f'config {{ name: "{name}" {place} {more} }}'


def _production(scene: Scene, *entries: str, **serving: object) -> None:
    scene.write("deploy/models.config", f"model_config_list {{ {' '.join(entries)} }}\n")
    document = {"serving": {"model_config": "deploy/models.config", **serving}}
    scene.write("servegate.yml", str(document))


def _heard(scene: Scene) -> ProductionStart:
    """The evidence for the candidate, as a check is given it."""
    heard: list[ProductionStart] = []

    def listens(production_start: Later[ProductionStart]) -> Outcome:
        heard.append(production_start())
        yield Remark(message="heard")

    report = gate(scene, only=[], listeners=[make_check(listens)])
    (result,) = report.models[0].checks
    if result.status is not Status.PASSED:
        raise AssertionError(result.message)
    return heard[0]


def test_neighbours_and_labels_in_one_server(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    write_model(scene.repo.file("models/rents/4"))
    write_model(scene.repo.file("models/rents/5"))
    both = "model_version_policy { all {} } "
    labels = 'version_labels { key: "old" value: 1 } version_labels { key: "lost" value: 9 }'
    entries = (_entry(NAME, both + labels), _entry("rents"), _entry("elsewhere"))
    _production(scene, *entries, flags=_ALLOWED)
    scene.released("1")
    scene.model("2")
    found = _heard(scene)

    assert not found.failure
    assert found.served == {NAME: 2, "rents": 5}
    assert found.labels["old"] == LabelAnswer(version=Version(1))
    assert "Servable not found for request: Specific(prices, 9)" in found.labels["lost"].refusal


def test_a_neighbour_that_does_not_load_is_named(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.write("models/rents/1/saved_model.pb", b"this is no model")
    _production(scene, _entry(NAME), _entry("rents"))
    scene.released("1")
    scene.model("2")
    found = _heard(scene)

    assert found.failed_model == "rents"
    assert "saved_model.pb" in found.failure


@pytest.mark.parametrize(("rollout", "starts"), [("image", False), ("volume", True)])
def test_the_first_label_is_fatal_to_a_fresh_server(
    tmp_path: Path,
    rollout: str,
    starts: bool,  # noqa: FBT001
) -> None:
    scene = Scene(tmp_path)
    _production(scene, _entry(NAME), rollout=rollout)
    scene.released("1")
    scene.model("2")
    labelled = _entry(NAME, 'version_labels { key: "stable" value: 2 }')
    _production(scene, labelled, rollout=rollout)
    found = _heard(scene)

    assert bool(found.failure) is not starts
    if not starts:
        assert "Request to assign label to version 2 of model prices" in found.failure


def test_a_model_that_is_alone_costs_no_second_server(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    _production(scene, _entry(NAME), _entry("elsewhere"))
    scene.released("1")
    scene.model("2")

    with pytest.raises(AssertionError, match="no other model of this repository"):
        _heard(scene)
