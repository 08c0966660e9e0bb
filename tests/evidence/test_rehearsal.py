"""Upgrades that are played through on real servers."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks.detection.editing.model import model
from benchmarks.detection.editing.starting import asserted_at_start
from servegate.checks import Outcome, check
from servegate.facts.rehearsal import Rehearsal
from servegate.findings import Remark, Verdict
from servegate.providers import Absent, Later
from servegate.tfserving.versions import Version
from tests.support.scenes import Scene, gate
from tests.support.tinymodels import write_model

ONE, TWO = Version(1), Version(2)


class _Listener:
    """A check that keeps the rehearsal it hears of."""

    def __init__(self) -> None:
        self.heard: Rehearsal | None = None
        self.absent = ""

    def listen(self, scene: Scene) -> Rehearsal:
        def listens(rehearsal: Later[Rehearsal]) -> Outcome:
            """Listens."""
            try:
                self.heard = rehearsal()
            except Absent as absent:
                self.absent = absent.reason
            yield Remark(message="")

        listens.__module__ = "tests.version.listens"
        listener = check(claims=())(listens).__dict__["check"]
        report = gate(scene, only=[], listeners=[listener])
        assert report.models[0].verdict is Verdict.ACCEPTED, report.models[0].checks
        assert self.heard is not None, self.absent
        return self.heard


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def _versions(played: Rehearsal) -> list[int | None]:
    """Who answered, run by run."""
    answers = [one.version for one in played.timeline.asked]
    return [one for at, one in enumerate(answers) if at == 0 or answers[at - 1] != one]


def test_the_answers_change_hands_and_come_back(scene: Scene) -> None:
    scene.released("1")
    scene.model("2")
    played = _Listener().listen(scene)
    assert played.failure == ""
    assert _versions(played) == [1, 2, 1]
    assert not list(played.timeline.lost(until=played.timeline.seconds))
    assert all(one.before.outputs != one.after.outputs for one in played.exchanges)
    assert played.again
    assert played.roll_back is not None
    assert played.roll_back.expected == ONE
    assert played.roll_back.answered is not None
    assert "Successfully loaded servable version {name: prices version: 2}" in played.log


def test_a_moved_pin_is_reloaded_and_restored(scene: Scene) -> None:
    scene.production("specific { versions: 1 }")
    scene.released("1", "2")
    scene.production("specific { versions: 2 }")
    played = _Listener().listen(scene)
    assert _versions(played) == [1, 2, 1]
    assert [one.what for one in played.timeline.moments].count("the configuration is reloaded") == 2


def test_a_label_moves_once_its_version_is_loaded(scene: Scene) -> None:
    scene.production("specific { versions: 1 }")
    scene.released("1")
    scene.model("2")
    scene.production('specific { versions: 1 versions: 2 } }\n version_labels { key: "a" value: 2')
    played = _Listener().listen(scene)
    assert played.failure == ""
    assert _versions(played) == [1, 2, 1]


def test_a_version_that_fails_to_load_leaves_the_old_one_in_place(scene: Scene) -> None:
    scene.released("1")
    holds = False
    with model(scene.model("2")) as served:
        asserted_at_start(served, served.constant(holds, "bool"), "the table of rates is empty")
    played = _Listener().listen(scene)
    assert played.switched is None
    assert "the table of rates is empty" in played.failure
    assert _versions(played) == [1]
    assert played.roll_back is None


def test_a_version_that_goes_with_the_release_is_not_missed_before(scene: Scene) -> None:
    scene.released("1")
    scene.model("2")
    shutil.rmtree(scene.version("1"))
    played = _Listener().listen(scene)
    assert _versions(played)[:2] == [1, 2]
    assert played.roll_back is not None
    assert played.roll_back.expected is None


def _with_rents(scene: Scene) -> None:
    scene.production()
    config = (scene.repo.path / "deploy/models.config").read_text()
    entry = config.partition("{\n")[2].rpartition("}")[0]
    both = "".join([entry, entry.replace("prices", "rents")])
    scene.write("deploy/models.config", f"model_config_list {{\n{both}}}\n")
    models = [{"name": name, "path": f"models/{name}"} for name in ("prices", "rents")]
    scene.configure(models=models, serving={"model_config": "deploy/models.config"})


def test_the_other_models_of_the_server_are_there(scene: Scene) -> None:
    _with_rents(scene)
    write_model(scene.repo.file("models/rents/4"))
    scene.released("1")
    scene.model("2")
    played = _Listener().listen(scene)
    assert "Successfully loaded servable version {name: rents version: 4}" in played.log
    assert _versions(played) == [1, 2, 1]


def test_another_model_that_does_not_load_is_left_out(scene: Scene) -> None:
    _with_rents(scene)
    scene.write("models/rents/4/saved_model.pb", b"this is no model")
    scene.released("1")
    scene.model("2")
    played = _Listener().listen(scene)
    assert _versions(played) == [1, 2, 1]
    assert played.notes[0].endswith("rents.")
