from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from servegate.checks import Outcome
from servegate.facts.probes import Replies
from servegate.facts.serving import Server
from servegate.facts.settings import Settings
from servegate.facts.start import Start
from servegate.findings import Location, Severity
from servegate.graph.ops import registry_version
from servegate.providers import Absent, Blocked
from servegate.savedmodel.protos import SavedModel as SavedModelProto
from servegate.savedmodel.reader import SavedModel, read
from tests.support.evidence import (
    FIRST_VERSION,
    candidate,
    finding,
    findings,
    later,
    remarks,
    replies,
    reply,
)
from tests.support.graph_text import meta_graph
from validators.version.ops_are_served import ops_are_served

_UNASKED = cast("Server", None)  # what came of the start is known: no question is put
_CUSTOM = "NOT_FOUND: Op type not registered 'RankPrices' in binary running on host."
_XLA = "INTERNAL: XLA compilation disabled\n\t [[{{node y}}]]"
_TEXT = """
    x = Placeholder
    a = RankPrices x
    b = SortPrices a
    y = Neg b
"""


@pytest.fixture
def model(tmp_path: Path) -> SavedModel:
    return _model(tmp_path, _TEXT)


def _model(root: Path, text: str) -> SavedModel:
    message = meta_graph(text)
    message.meta_info_def.tensorflow_version = "2.30.1"
    proto = SavedModelProto(saved_model_schema_version=1, meta_graphs=[message])
    (root / "saved_model.pb").write_bytes(proto.SerializeToString())
    return read(root)


def _check(
    model: SavedModel,
    *,
    failure: str = "",
    runtime: str = "docker",
    said: Replies | Absent = FIRST_VERSION,
    before: Replies | Absent = FIRST_VERSION,
) -> Outcome:
    start = Start(
        server=_UNASKED, model="prices", as_production=True, runtime=runtime, failure=failure
    )
    return ops_are_served(candidate(), model, Settings(), start, later(said), later(before))


def test_what_the_server_said_and_where_the_op_is(model: SavedModel) -> None:
    found = finding(_check(model, failure=_CUSTOM))

    assert "does not know the op RankPrices of node a" in found.message
    assert "exported by TensorFlow 2.30.1. SortPrices may be unknown to it too." in found.message
    assert found.observed == _CUSTOM
    assert found.location == Location(file="models/prices/2/saved_model.pb")
    assert found.severity is None


def test_an_op_that_the_gate_s_tensorflow_has(model: SavedModel) -> None:
    found = finding(_check(model, failure=_CUSTOM.replace("RankPrices", "MatMul")))

    assert f"TensorFlow {registry_version()} has it" in found.message
    assert "TF Serving 2.30 or newer" in found.remedy


@pytest.mark.parametrize(
    ("failure", "runtime"),
    [
        ("DATA_LOSS: truncated", "docker"),
        (_CUSTOM.replace("RankPrices", "RegexSplitWithOffsets"), "embedded"),
    ],
)
def test_what_is_another_check_s(model: SavedModel, failure: str, runtime: str) -> None:
    with pytest.raises(Blocked) as blocked:
        list(_check(model, failure=failure, runtime=runtime))
    assert blocked.value.by == "version/loads"


def test_an_op_of_the_official_image_that_production_s_lacks(model: SavedModel) -> None:
    failure = _CUSTOM.replace("RankPrices", "RegexSplitWithOffsets")

    assert findings(_check(model, failure=failure, runtime="docker"))


def test_custom_ops_that_the_server_has(model: SavedModel) -> None:
    (said,) = remarks(_check(model, said=replies(reply("one", answer=1.0))))

    assert "RankPrices, SortPrices" in said


def test_a_model_of_ordinary_ops_needs_no_word(tmp_path: Path) -> None:
    model = _model(tmp_path, "x = Placeholder\ny = Neg x")

    assert not list(_check(model, said=replies(reply("one", answer=1.0))))
    assert not list(_check(model))


def test_requests_that_are_refused_for_an_op_s_sake(model: SavedModel) -> None:
    found = finding(_check(model, said=replies(reply("one", refusal=_XLA))))

    assert "refuses the requests to signature 'serving_default'" in found.message
    assert "--xla_cpu_compilation_enabled" in found.remedy


def test_one_answer_shows_that_the_ops_are_there(model: SavedModel) -> None:
    said = replies(reply("one", refusal=_XLA), reply("two", answer=1.0))

    assert not findings(_check(model, said=said))


def test_what_an_input_is_refused_for_is_no_matter(model: SavedModel) -> None:
    assert not findings(_check(model, said=replies(reply("one", refusal="INVALID_ARGUMENT: 7"))))


def _with_plain(refusal: str) -> Replies:
    """One signature that is refused, and one that answers."""
    both = {"compiled": (reply("one", refusal=refusal),), "plain": (reply("two", answer=1.0),)}
    return Replies(by_signature=both)


def test_what_the_base_version_is_refused_for_too(model: SavedModel) -> None:
    old = finding(_check(model, said=_with_plain(_XLA), before=_with_plain(_XLA)))
    new = finding(_check(model, said=_with_plain(_XLA), before=_with_plain("INVALID_ARGUMENT")))
    mute = replies(reply("one", refusal=_XLA))

    assert (old.severity, new.severity) == (Severity.ADVISORY, None)
    assert finding(_check(model, said=mute, before=mute)).severity is None
