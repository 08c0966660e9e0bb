"""Which probes are put to both, and how often the server is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from servegate.deadline import Deadline
from servegate.evidence.asking import Interview
from servegate.evidence.reference import baseline_reference, reference
from servegate.facts.change import Baseline
from servegate.facts.probes import Replies, Reply
from servegate.facts.reference import Confrontation
from servegate.facts.serving import Array, RequestRefused, Tensors
from servegate.facts.settings import Settings, Tolerance
from servegate.providers import NotApplicable
from servegate.savedmodel.reader import SavedModel, read
from servegate.tfserving.versions import Version
from tests.support.answering import FakeServer
from tests.support.evidence import candidate, replies, reply
from tests.support.oddmodels import write_lookup
from tests.support.reference import write_unknown_op
from tests.support.tinymodels import Graph, Signature, write_model, write_saved_model

_Function = Callable[[Tensors], Mapping[str, Array]]


def _times(weight: float) -> _Function:
    return lambda inputs: {"y": np.asarray(inputs["x"], np.float32) * np.float32(weight)}


def _compared(
    directory: Path,
    said: Replies,
    function: _Function,
    settings: Settings | None = None,
    model: SavedModel | None = None,
) -> tuple[tuple[Confrontation, ...], FakeServer]:
    server = FakeServer(function)
    interview = Interview(
        server=server,
        model="prices",
        version=Version(2),
        deadline=Deadline.after(60),
        seconds=60,
    )
    found = reference(
        candidate(root=directory),
        model or read(directory),
        said,
        interview,
        settings or Settings(),
        directory.parent,
        Deadline.after(60),
    )
    return found.confrontations, server


def _answered(count: int) -> list[Reply]:
    return [reply(f"probe {number}", float(number), 2.0 * number) for number in range(count)]


def _doubling(tmp_path: Path) -> Path:
    return write_model(tmp_path / "2", weight=2.0, bias=0.0)


def test_the_first_sixteen_are_asked_one_by_one(tmp_path: Path) -> None:
    found, server = _compared(_doubling(tmp_path), replies(*_answered(20)), _times(2.0))
    assert [one.probe.label for one in found] == [f"probe {number}" for number in range(16)]
    assert [one.inputs["x"].tolist() for one in server.asked] == [
        [[number]] for number in range(16)
    ]
    assert [one.direct[1]["y"].tolist() for one in found] == [[[2 * n]] for n in range(16)]
    assert {len(one.served) for one in found} == {1}


def test_only_what_was_answered_and_is_moderate(tmp_path: Path) -> None:
    said = replies(
        reply("refused", 1.0, refusal="no"),
        reply("huge", 1e30, 2e30, moderate=False),
        reply("plain", 1.0, 2.0),
    )
    found, _ = _compared(_doubling(tmp_path), said, _times(2.0))
    assert [one.probe.label for one in found] == ["plain"]


def test_the_server_is_asked_again_where_it_differs(tmp_path: Path) -> None:
    found, _ = _compared(_doubling(tmp_path), replies(*_answered(3)), _times(2.1))
    assert [len(one.served) for one in found] == [1, 2, 2]  # 0 is 0 whatever the weight is


def test_a_tolerance_that_is_set_decides_what_differs(tmp_path: Path) -> None:
    settings = Settings(tolerance=Tolerance(relative=0.1, absolute=0.0))
    found, _ = _compared(_doubling(tmp_path), replies(*_answered(3)), _times(2.1), settings)
    assert {len(one.served) for one in found} == {1}


def test_a_probe_that_the_server_refuses_alone_is_left_out(tmp_path: Path) -> None:
    def function(inputs: Tensors) -> Mapping[str, Array]:
        if inputs["x"].item() == 1.0:
            raise RequestRefused("INVALID_ARGUMENT", "not alone")
        return _times(2.0)(inputs)

    found, _ = _compared(_doubling(tmp_path), replies(*_answered(3)), function)
    assert [one.probe.label for one in found] == ["probe 0", "probe 2"]


def test_a_probe_that_cannot_be_run_directly_keeps_the_reason(tmp_path: Path) -> None:
    asked = reply("far", 1.0, 5.0)
    directory = write_lookup(tmp_path / "2", [[1.0]], input_name="x")  # wants integers
    (found,), _ = _compared(directory, replies(asked), _times(2.0))
    assert "Expects arg[0] to be int64 but float is provided" in found.refusal
    assert not found.direct


def test_large_answers_are_few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("servegate.evidence.reference._MAX_BYTES", 10)
    found, _ = _compared(_doubling(tmp_path), replies(*_answered(16)), _times(2.0))
    assert len(found) == 2


def test_a_model_that_cannot_be_loaded_here_is_not_examined(tmp_path: Path) -> None:
    directory = write_unknown_op(tmp_path / "2", "WordpieceOfSomebody")
    with pytest.raises(NotApplicable, match="needs the op 'WordpieceOfSomebody', which"):
        _compared(directory, replies(*_answered(1)), _times(2.0))


def test_a_model_of_other_tags_is_not_examined_and_tags_are_productions(tmp_path: Path) -> None:
    directory = write_model(tmp_path / "2", weight=2.0, bias=0.0, tags=("serve", "gpu"))
    model = read(_doubling(tmp_path / "served"))
    asked = replies(*_answered(1))
    with pytest.raises(NotApplicable, match="Could not find meta graph def matching"):
        _compared(directory, asked, _times(2.0), model=model)
    tagged = Settings(flags=("--saved_model_tags=gpu,serve",))
    assert _compared(directory, asked, _times(2.0), tagged, model=model)[0]


def test_nothing_was_answered(tmp_path: Path) -> None:
    with pytest.raises(NotApplicable, match="No request was answered"):
        _compared(_doubling(tmp_path), replies(reply("a", 1.0, refusal="no")), _times(2.0))


def test_the_base_version_is_asked_the_same(tmp_path: Path) -> None:
    server = FakeServer(_times(3.0))
    interview = Interview(
        server=server,
        model="baseline",
        version=Version(1),
        deadline=Deadline.after(60),
        seconds=60,
    )
    base = write_model(tmp_path / "1", weight=3.0, bias=0.0)
    found = baseline_reference(
        Baseline(version=Version(1), directory="1", root=base),
        replies(*_answered(2)),
        interview,
        Settings(),
        tmp_path,
        Deadline.after(60),
    )
    assert [one.direct[0]["y"].tolist() for one in found.confrontations] == [[[0.0]], [[3.0]]]


def test_a_model_that_reaches_beyond_itself_is_not_run(tmp_path: Path) -> None:
    graph = Graph()
    given = graph.placeholder("given", "string", (None,))
    graph.op("WriteFile", "written", [given, given], dtype="string")
    signature = Signature(inputs={"x": given}, outputs={"y": graph.identity(given, name="answer")})
    model = write_saved_model(tmp_path / "2", graph, [signature])

    with pytest.raises(NotApplicable, match=r"\(WriteFile\)"):
        _compared(model, replies(*_answered(2)), _times(2.0))
