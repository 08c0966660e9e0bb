from __future__ import annotations

from collections.abc import Iterable

import pytest

from servegate.contract import Break, Kind, additions, breaks, contradicts, narrower
from servegate.savedmodel.protos import TensorProto
from servegate.savedmodel.signatures import Encoding, Shape, Signature, TensorSpec

PREDICT = "tensorflow/serving/predict"


def _spec(
    name: str,
    dtype: str = "float32",
    shape: Shape = (None, 1),
    encoding: Encoding = Encoding.DENSE,
) -> TensorSpec:
    return TensorSpec(name=name, dtype=dtype, shape=shape, tensor=name, encoding=encoding)


def _signature(
    *inputs: TensorSpec,
    outputs: Iterable[TensorSpec] = (_spec("y"),),
    optional: Iterable[str] = (),
    name: str = "serving_default",
) -> Signature:
    return Signature(
        name=name,
        method=PREDICT,
        inputs=inputs,
        outputs=tuple(outputs),
        defaults={one: TensorProto() for one in optional},
    )


def _found(before: Signature, after: Signature) -> list[tuple[Kind, str, str, str]]:
    return [(one.kind, one.name, one.before, one.after) for one in breaks([before], [after])]


@pytest.mark.parametrize(
    "after",
    [
        _signature(_spec("x")),
        _signature(_spec("x"), _spec("z"), optional=["z"]),
        _signature(_spec("x"), optional=["x"]),
        _signature(_spec("x", "float32_ref")),
        _signature(_spec("x", shape=(None, None))),
        _signature(_spec("x", shape=None)),
        _signature(_spec("x"), outputs=[_spec("y"), _spec("z")]),
        _signature(_spec("x"), outputs=[_spec("y", shape=(None, None))]),
    ],
    ids=[
        "same",
        "optional",
        "no longer required",
        "reference",
        "open",
        "unknown rank",
        "output more",
        "output open",
    ],
)
def test_what_no_client_notices(after: Signature) -> None:
    assert _found(_signature(_spec("x")), after) == []


def test_signature_that_came_under_another_name() -> None:
    before, after = _signature(_spec("x")), _signature(_spec("x"), name="scores")

    assert list(breaks([before], [after])) == [
        Break(
            kind=Kind.SIGNATURE_GONE,
            signature="serving_default",
            before="serving_default",
            after="scores",
        )
    ]


def test_signature_that_was_there_all_along_is_no_new_name() -> None:
    before = [_signature(_spec("x")), _signature(_spec("x"), name="scores")]
    (found,) = breaks(before, before[1:])

    assert (found.signature, found.after) == ("serving_default", "")


def test_one_for_one_is_renamed_even_with_another_dtype() -> None:
    found = _found(_signature(_spec("x")), _signature(_spec("raw", "string", (None,))))

    assert found == [(Kind.INPUT_RENAMED, "x", "x", "raw")]


def test_of_several_only_like_is_renamed_to_like() -> None:
    before = _signature(_spec("a"), _spec("b", "int64"), _spec("c"), _spec("d"))
    after = _signature(_spec("b_1", "int64"), _spec("c_1"))

    assert _found(before, after) == [
        (Kind.INPUT_GONE, "a", "float32", ""),
        (Kind.INPUT_RENAMED, "b", "b", "b_1"),
        (Kind.INPUT_GONE, "c", "float32", ""),
        (Kind.INPUT_GONE, "d", "float32", ""),
        (Kind.INPUT_REQUIRED, "c_1", "", "float32"),
    ]


def test_input_that_could_be_left_out() -> None:
    before = _signature(_spec("x"), _spec("z"), optional=["z"])

    assert _found(before, _signature(_spec("x"), _spec("z"))) == [
        (Kind.INPUT_REQUIRED, "z", "could be left out", "float32")
    ]


def test_sparse_for_dense_is_another_type() -> None:
    after = _signature(_spec("x", encoding=Encoding.SPARSE))

    assert _found(_signature(_spec("x")), after) == [
        (Kind.INPUT_DTYPE, "x", "float32", "sparse float32")
    ]


def test_outputs() -> None:
    before = _signature(_spec("x"), outputs=[_spec("a"), _spec("b"), _spec("c", shape=(None, 3))])
    after = _signature(_spec("x"), outputs=[_spec("b", "int64"), _spec("c", shape=(None, 4))])

    assert _found(before, after) == [
        (Kind.OUTPUT_GONE, "a", "float32", ""),
        (Kind.OUTPUT_DTYPE, "b", "float32", "int64"),
        (Kind.OUTPUT_SHAPE, "c", "[?, 3]", "[?, 4]"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "forbids", "excludes"),
    [
        ((None, 2), (None, 2), False, False),
        ((None, 2), (None, None), False, False),
        ((None, None), (None, 2), True, False),
        ((None, 2), (1, 2), True, False),
        ((None, 2), (None, 3), True, True),
        ((None, 2), (None,), True, True),
        ((), (None,), True, True),
        (None, (None, 2), False, False),
        ((None, 2), None, False, False),
    ],
)
def test_shapes(before: Shape, after: Shape, *, forbids: bool, excludes: bool) -> None:
    assert narrower(before, after) is forbids
    assert contradicts(before, after) is excludes


def test_additions_are_told() -> None:
    before = [_signature(_spec("x"))]
    after = [
        _signature(
            _spec("x"), _spec("z"), optional=["x", "z"], outputs=[_spec("y"), _spec("score")]
        ),
        _signature(_spec("x"), name="more"),
    ]

    assert list(additions(before, after)) == [
        "optional input 'z'",
        "output 'score'",
        "signature 'more'",
    ]
