"""Which upgrades are rehearsed, and how they go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from servegate.evidence.rehearsal_script import rehearsal_script
from servegate.facts.change import Baseline, ChildChange, Event, ModelChange
from servegate.facts.history import BaseTree
from servegate.facts.production import Neighbour, Production
from servegate.facts.repository import ModelTree
from servegate.facts.settings import Rollout, Settings
from servegate.providers import NotApplicable
from servegate.rehearsing.script import Script
from servegate.tfserving.policy import VersionPolicy
from servegate.tfserving.versions import Version, read_names
from tests.support.evidence import candidate, change, child, production, situation, specific

ONE, TWO, THREE = Version(1), Version(2), Version(3)


class _Tree:
    """A base tree whose directories can all be had."""

    def read(self, path: str) -> bytes | None:
        raise NotImplementedError(path)

    def materialise(self, path: str, into: Path) -> object | None:
        into.mkdir(parents=True)
        (into / "from").write_text(path)
        return into


def _script(
    folder: Path,
    made: ModelChange | None = None,
    plans: Production | None = None,
    *,
    version: int = 2,
    event: Event = Event.ADDED,
    superseded_by: int | None = None,
    settings: Settings | None = None,
    base: Version = ONE,
    neighbours: tuple[Neighbour, ...] = (),
) -> Script:
    tree: BaseTree = _Tree()
    return rehearsal_script(
        change=replace(made or change(), root=folder),
        candidate=candidate(version, event=event, superseded_by=superseded_by),
        production=plans or production(),
        neighbours=neighbours,
        settings=settings or Settings(),
        baseline=Baseline(version=base, directory=str(base), root=folder / "baseline"),
        base_tree=tree,
        workspace=folder,
    )


def _staged(script: Script) -> dict[str, str]:
    return {one.name: str(one.readlink()) for one in script.model.base_path.iterdir()}


def _names(deliveries: Iterable[object]) -> list[str]:
    return [one.name for one in deliveries]  # type: ignore[attr-defined]


def test_a_version_beside_another(tmp_path: Path) -> None:
    script = _script(tmp_path)
    assert _staged(script) == {"1": str(tmp_path / "models/prices/1")}
    assert _names(script.deliveries) == ["2"]
    assert script.leaving == (ONE,)
    assert script.answers
    assert script.falls_to == ONE
    assert (script.configured, script.labelled, script.restored) == (None, None, None)


def test_several_versions_come_lowest_first_and_the_candidate_last(tmp_path: Path) -> None:
    made = change(child("1", Event.UNCHANGED), child("3"), child("2"))
    everything = VersionPolicy(kind=situation("1").model.policy.kind, count=3)  # type: ignore[union-attr]
    plans = production(
        situation("1", "2", "3", policy=everything), situation("1", policy=everything)
    )
    script = _script(tmp_path, made, plans, version=3)
    assert _names(script.deliveries) == ["2", "3"]
    assert script.leaving == ()


def test_what_the_change_deletes_is_brought_back_and_cleared_later(tmp_path: Path) -> None:
    made = change(child("1", Event.DELETED), child("2"))
    script = _script(tmp_path, made, production(situation("2"), situation("1")))
    assert _staged(script) == {"1": str(tmp_path / "baseline")}
    assert script.cleared == ("1",)
    assert script.falls_to is None


def test_a_deleted_version_goes_before_the_one_below_it_can_answer(tmp_path: Path) -> None:
    made = change(child("1", Event.UNCHANGED), child("2", Event.DELETED))
    plans = production(situation("1"), situation("1", "2"))
    script = _script(tmp_path, made, plans, version=1, event=Event.UNCHANGED, base=TWO)
    assert (script.deliveries, script.withdrawn, script.cleared) == ((), ("2",), ())
    assert script.leaving == (TWO,)
    assert not script.reversible


def test_what_the_change_overwrites_is_replaced_on_the_way_back(tmp_path: Path) -> None:
    made = change(child("1", Event.CHANGED), child("2"))
    script = _script(tmp_path, made)
    assert _staged(script) == {"1": str(tmp_path / "baseline")}
    assert script.cleared == ("1",)
    assert _names(script.replaced) == ["1"]
    assert script.falls_to == ONE


def test_a_loaded_version_beside_the_answering_one_is_brought_back_too(tmp_path: Path) -> None:
    both = VersionPolicy(count=2)
    made = change(child("1", Event.DELETED), child("2", Event.UNCHANGED), child("3"))
    plans = production(situation("2", "3", policy=both), situation("1", "2", policy=both))
    script = _script(tmp_path, made, plans, version=3, base=TWO)
    staged = _staged(script)
    assert (Path(staged["1"]) / "from").read_text() == "models/prices/1"
    assert staged["2"] == str(tmp_path / "models/prices/2")


def test_a_moved_pin_is_a_configuration_that_is_restored(tmp_path: Path) -> None:
    made = change(child("1", Event.UNCHANGED), child("2", Event.UNCHANGED))
    plans = production(
        situation("1", "2", policy=specific(2)), situation("1", "2", policy=specific(1))
    )
    script = _script(tmp_path, made, plans, event=Event.UNCHANGED)
    assert script.deliveries == ()
    assert script.configured is not None
    assert script.configured.policy == specific(2)
    assert script.labelled is None
    assert script.restored == script.model
    assert script.falls_to == ONE


def test_labels_move_in_a_second_step(tmp_path: Path) -> None:
    before = situation("1", policy=specific(1))
    after = situation("1", "2", policy=specific(1, 2))
    assert before.model is not None
    assert after.model is not None
    plans = production(
        replace(after, model=replace(after.model, labels={"stable": TWO, "old": ONE})),
        replace(before, model=replace(before.model, labels={"stable": ONE, "gone": THREE})),
    )
    script = _script(tmp_path, plans=plans)
    assert script.model.labels == {"stable": ONE}
    assert script.configured is not None
    assert script.configured.labels == {"stable": ONE}
    assert script.labelled is not None
    assert script.labelled.labels == {"stable": TWO, "old": ONE}


def test_a_base_version_that_is_kept_elsewhere_is_brought(tmp_path: Path) -> None:
    script = _script(tmp_path, change(child("2")))
    assert _staged(script) == {"1": str(tmp_path / "baseline")}


def test_a_slow_look_is_quickened_and_told(tmp_path: Path) -> None:
    plans = replace(production(), flags=("--file_system_poll_wait_seconds=30",))
    script = _script(tmp_path, plans=plans)
    assert script.launch.flags[-1] == "--file_system_poll_wait_seconds=1"
    assert "every 30 seconds" in script.notes[0]


@pytest.mark.parametrize("seconds", ["0", "-1", "1"])
def test_a_look_that_never_comes_is_left_as_it_is(tmp_path: Path, seconds: str) -> None:
    flags = (f"--file_system_poll_wait_seconds={seconds}",)
    script = _script(tmp_path, plans=replace(production(), flags=flags))
    assert script.launch.flags == flags


@pytest.mark.parametrize(("there", "beside"), [("4", ["rents"]), ("5", [])])
def test_the_server_has_its_other_models_as_far_as_they_are_here(
    tmp_path: Path, there: str, beside: list[str]
) -> None:
    (tmp_path / "models/rents" / there).mkdir(parents=True)
    tree = ModelTree(path="models/rents", names=read_names(["4"]))
    situations = situation("4", policy=specific(4))
    rents = Neighbour(name="rents", before=situations, after=situations, tree_before=tree)
    script = _script(tmp_path, neighbours=(rents, replace(rents, name="far", tree_before=None)))
    assert [one.name for one in script.launch.models[1:]] == beside
    assert len(script.alone().launch.models) == 1


def _unchanged() -> tuple[ChildChange, ChildChange]:
    return child("1", Event.UNCHANGED), child("2", Event.UNCHANGED)


def test_fresh_servers_are_not_upgraded(tmp_path: Path) -> None:
    with pytest.raises(NotApplicable, match="nothing is upgraded"):
        _script(tmp_path, settings=Settings(rollout=Rollout.IMAGE))


def test_a_staged_release_is_not_upgraded(tmp_path: Path) -> None:
    with pytest.raises(NotApplicable, match="staged"):
        _script(tmp_path, settings=Settings(staged=True))


def test_a_superseded_version_is_not_upgraded(tmp_path: Path) -> None:
    with pytest.raises(NotApplicable, match="adds 3"):
        _script(tmp_path, plans=production(situation("1", "2", "3")), superseded_by=3)


def test_a_new_model_is_not_upgraded(tmp_path: Path) -> None:
    plans = replace(production(), base=None)
    with pytest.raises(NotApplicable, match="served no version"):
        _script(tmp_path, plans=plans)


def test_a_version_that_no_policy_loads_is_not_upgraded(tmp_path: Path) -> None:
    plans = production(situation("1", "2", policy=specific(1)))
    with pytest.raises(NotApplicable, match="does not load version 2"):
        _script(tmp_path, plans=plans)


def test_a_version_that_is_served_already_is_not_upgraded(tmp_path: Path) -> None:
    plans = production(situation("1", "2"), situation("1", "2"))
    with pytest.raises(NotApplicable, match="already"):
        _script(tmp_path, change(*_unchanged()), plans, event=Event.UNCHANGED)


def test_a_version_that_is_overwritten_is_not_upgraded(tmp_path: Path) -> None:
    made = change(child("1", Event.CHANGED), child("2", Event.UNCHANGED))
    plans = production(
        situation("1", "2", policy=specific(1)), situation("1", "2", policy=specific(2))
    )
    with pytest.raises(NotApplicable, match="has a version 1 already"):
        _script(tmp_path, made, plans, version=1, event=Event.CHANGED)
