"""Records that graphs read from strings."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from servegate.evidence.records import Feature, features, string_records
from servegate.savedmodel.protos import AttrValue, Example
from servegate.savedmodel.reader import SavedModel, read
from tests.support.tinymodels import (
    Graph,
    Signature,
    Tensor,
    data_type,
    shape_proto,
    write_model,
    write_saved_model,
)

_WORDS = ((b"red", b"green"),)
_FEATURES = (
    Feature(name="age", dtype="float32", values=1),
    Feature(name="colour", dtype="string", values=1),
    Feature(name="embedding", dtype="float32", values=6),
    Feature(name="visits", dtype="int64", values=1),
)


def _types(*dtypes: str) -> AttrValue:
    return AttrValue(list=AttrValue.ListValue(type=[data_type(one) for one in dtypes]))


def _shapes() -> AttrValue:
    return AttrValue(list=AttrValue.ListValue(shape=[shape_proto([1]), shape_proto([2, 3])]))


def _attributes() -> dict[str, AttrValue]:
    """Sparse: colour, visits; dense: age, embedding."""
    return {
        "sparse_types": _types("string", "int64"),
        "Tdense": _types("float32", "float32"),
        "dense_shapes": _shapes(),
    }


def _parser(
    graph: Graph, op: str, inputs: Sequence[Tensor], attributes: Mapping[str, AttrValue]
) -> None:
    graph.op(op, "parse", inputs, dtype="float32")
    for name, value in attributes.items():
        graph.definition.node[-1].attr[name].CopyFrom(value)


def _written(folder: Path, graph: Graph) -> SavedModel:
    given = graph.placeholder("given", "string", (None,))
    answer = graph.identity(given, name="answer")
    signature = Signature(inputs={"examples": given}, outputs={"y": answer})
    return read(write_saved_model(folder / "1", graph, [signature]))


def _keys_one_by_one(graph: Graph) -> None:
    """As TensorFlow 1 writes it."""
    names = [graph.const(f"key_{one}", one, "string") for one in ("colour", "visits", "age")]
    packed = graph.const("key_embedding", "embedding", "string")
    serialized = graph.const("serialized", [""], "string")
    nothing = graph.const("names", [], "string")
    attributes = _attributes() | {"Nsparse": AttrValue(i=2), "Ndense": AttrValue(i=2)}
    inputs = [serialized, nothing, *names, packed]
    _parser(graph, "ParseExample", inputs, attributes)


def _keys_in_vectors(graph: Graph) -> None:
    """As TensorFlow 2 writes it; one of the vectors through an Identity."""
    sparse = graph.const("sparse_keys", ["colour", "visits"], "string")
    dense = graph.identity(graph.const("dense", ["age", "embedding"], "string"), name="dense_keys")
    serialized = graph.const("serialized", [""], "string")
    nothing = graph.const("names", [], "string")
    inputs = [serialized, nothing, sparse, dense]
    _parser(graph, "ParseExampleV2", inputs, _attributes())


def _keys_in_attributes(graph: Graph) -> None:
    keys = {
        "sparse_keys": AttrValue(list=AttrValue.ListValue(s=[b"colour", b"visits"])),
        "dense_keys": AttrValue(list=AttrValue.ListValue(s=[b"age", b"embedding"])),
    }
    serialized = graph.const("serialized", "", "string")
    attributes = _attributes() | keys
    _parser(graph, "ParseSingleExample", [serialized], attributes)


@pytest.mark.parametrize("parser", [_keys_one_by_one, _keys_in_vectors, _keys_in_attributes])
def test_features_of_every_parser(tmp_path: Path, parser: Callable[[Graph], None]) -> None:
    graph = Graph()
    parser(graph)

    assert features(_written(tmp_path, graph)) == _FEATURES


def test_examples_hold_every_feature(tmp_path: Path) -> None:
    graph = Graph()
    _keys_in_vectors(graph)
    (records,) = string_records(_written(tmp_path, graph), _WORDS)

    for record in records:
        held = Example.FromString(record).features.feature
        assert set(held) == {one.name for one in _FEATURES}
        assert len(held["embedding"].float_list.value) == 6
        assert held["colour"].bytes_list.value[0] in _WORDS[0]
        assert len(held["visits"].int64_list.value) == 1
    assert len(set(records)) == len(records)


def test_keys_that_are_no_constants_are_left_out(tmp_path: Path) -> None:
    graph = Graph()
    fed = graph.placeholder("keys", "string", (None,))
    serialized = graph.const("serialized", [""], "string")
    _parser(graph, "ParseExampleV2", [serialized, serialized, fed, fed], _attributes())

    assert features(_written(tmp_path, graph)) == ()


@pytest.mark.parametrize("encoded", [False, True])
def test_images_where_the_graph_decodes_some(tmp_path: Path, encoded: bool) -> None:  # noqa: FBT001
    graph = Graph()
    content = graph.const("content", "", "string")
    graph.op("DecodeJpeg", "decoded", [content], dtype="uint8")
    if encoded:
        graph.op("DecodeBase64", "plain", [content], dtype="string")
    kinds = string_records(_written(tmp_path, graph), _WORDS)

    assert len(kinds) == 3
    for record in (one for kind in kinds for one in kind):
        image = base64.urlsafe_b64decode(record) if encoded else record
        assert image.startswith(b"\x89PNG")


def test_model_that_parses_nothing(tmp_path: Path) -> None:
    assert string_records(read(write_model(tmp_path / "1")), _WORDS) == ()
