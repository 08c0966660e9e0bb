"""Requests as the base version's signatures describe them, put to both versions."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from servegate.evidence.base_requests import base_requests
from servegate.evidence.saved_model import baseline_saved_model
from servegate.facts.change import Baseline
from servegate.facts.serving import Array, RequestRefused, ServerFailed, Tensors
from servegate.facts.settings import Settings
from servegate.providers import NotApplicable
from servegate.savedmodel.reader import SavedModel
from servegate.tfserving.versions import Version
from tests.support.answering import FakeServer, interview_with
from tests.support.tinymodels import write_model


@pytest.fixture
def two_columns(tmp_path: Path) -> SavedModel:
    root = write_model(tmp_path / "1", shape=(None, 2))
    return baseline_saved_model(Baseline(version=Version(1), directory="1", root=root), Settings())


def _echo(inputs: Tensors) -> Mapping[str, Array]:
    return {"y": inputs["x"]}


def _refuse(inputs: Tensors) -> Mapping[str, Array]:
    raise RequestRefused("INVALID_ARGUMENT", f"{sorted(inputs)} are not for me")


def test_the_candidate_is_asked_what_the_base_version_answers(two_columns: SavedModel) -> None:
    server = FakeServer(_echo)
    found = base_requests(two_columns, interview_with(FakeServer(_echo)), interview_with(server))

    assert len(found) > 1
    assert {one.before.probe.inputs["x"].shape for one in found} == {(1, 2)}
    for one in found:
        assert one.before.probe is one.after.probe
        assert one.after.outputs is not None
        assert np.array_equal(one.after.outputs["y"], one.before.probe.inputs["x"])


def test_refusals_of_the_candidate_are_kept(two_columns: SavedModel) -> None:
    found = base_requests(
        two_columns, interview_with(FakeServer(_echo)), interview_with(FakeServer(_refuse))
    )

    assert found
    assert not any(one.after.answered for one in found)
    assert "are not for me" in found[0].after.refusal


def test_what_the_base_version_refuses_is_not_asked(two_columns: SavedModel) -> None:
    server = FakeServer(_echo)

    assert not base_requests(
        two_columns, interview_with(FakeServer(_refuse)), interview_with(server)
    )
    assert not server.asked


def test_a_base_version_that_dies_excuses(two_columns: SavedModel) -> None:
    def die(inputs: Tensors) -> Mapping[str, Array]:
        raise ServerFailed(f"gone at {sorted(inputs)}", "")

    with pytest.raises(NotApplicable, match="does not run"):
        base_requests(two_columns, interview_with(FakeServer(die)), interview_with(FakeServer(die)))
