"""Inputs made from a signature."""

from __future__ import annotations

import numpy as np

from servegate.evidence.synthesis import can_be_asked, variants
from servegate.evidence.vocabulary import PLAIN
from servegate.facts.probes import Provenance
from servegate.savedmodel.signatures import Encoding, Shape, Signature, TensorSpec


def signature(**inputs: tuple[str, Shape]) -> Signature:
    return Signature(
        name="serving_default",
        method="tensorflow/serving/predict",
        inputs=tuple(
            TensorSpec(
                name=name, dtype=dtype, shape=shape, tensor=f"{name}:0", components=(f"{name}:0",)
            )
            for name, (dtype, shape) in inputs.items()
        ),
        outputs=(),
    )


def test_every_input_is_filled_with_its_dtype_and_shape() -> None:
    asked = signature(
        a=("float32", (None, 4)), b=("int64", (None, None)), c=("string", (None,)), d=("bool", (2,))
    )
    first = next(variants(asked, [PLAIN]))
    for probe in first:
        assert probe.inputs["a"].shape == (1, 4)
        assert probe.inputs["a"].dtype == np.float32
        assert probe.inputs["b"].ndim == 2
        assert all(isinstance(word, bytes) for word in probe.inputs["c"])
        assert probe.inputs["d"].shape == (2,)
        assert probe.provenance is Provenance.SYNTHESISED
        assert not probe.plausible


def test_numbers_span_many_orders_of_magnitude() -> None:
    probes = next(variants(signature(x=("float32", (None, 64))), [PLAIN]))
    largest = [float(np.abs(probe.inputs["x"]).max()) for probe in probes]
    assert max(largest) > 1e5
    assert min(size for size in largest if size) < 1e-4
    assert any(not probe.moderate for probe in probes)
    assert all(size <= 500 for size, probe in zip(largest, probes, strict=True) if probe.moderate)


def test_the_same_signature_gets_the_same_probes() -> None:
    asked = signature(x=("float32", (None, 3)), n=("int32", (None,)))
    first, again = (next(variants(asked, [PLAIN])) for _ in range(2))
    for one, other in zip(first, again, strict=True):
        assert all(np.array_equal(one.inputs[name], other.inputs[name]) for name in one.inputs)


def test_words_come_from_the_model_s_own_lists() -> None:
    probes = next(variants(signature(w=("string", (None,))), [(b"red", b"green")]))
    assert {word for probe in probes for word in probe.inputs["w"]} <= {b"red", b"green"}


def test_guesses_that_come_to_the_same_are_made_once() -> None:
    assert len(list(variants(signature(x=("float32", (None, 4))), [PLAIN]))) == 1
    assert len(list(variants(signature(x=("float32", (None, None))), [PLAIN]))) > 2
    open_rank = list(variants(signature(x=("float32", None)), [PLAIN]))
    assert [group[0].inputs["x"].shape for group in open_rank] == [(1,), (1, 1), ()]


def test_labels_are_unique() -> None:
    groups = variants(signature(x=("int64", (None, None))), [PLAIN])
    labels = [probe.label for group in groups for probe in group]
    assert len(labels) == len(set(labels))


def test_what_no_request_can_carry_is_not_asked() -> None:
    handle = signature(r=("resource", ()))
    sparse = TensorSpec(
        name="s", dtype="float32", shape=None, tensor="", encoding=Encoding.SPARSE, components=()
    )
    assert not can_be_asked(handle)
    assert not can_be_asked(Signature(name="s", method="", inputs=(sparse,), outputs=()))
    assert not can_be_asked(signature())
    assert can_be_asked(signature(x=("float32", (None,))))


def test_large_inputs_stay_within_bounds() -> None:
    image = signature(x=("float32", (None, 512, 512, 3)))
    for group in variants(image, [PLAIN]):
        assert sum(probe.inputs["x"].nbytes for probe in group) <= 2**26
        assert len(group) >= 2
    assert list(variants(signature(x=("float32", (None, 40_000, 4_000))), [PLAIN])) == []


def test_records_are_asked_before_words_and_in_groups_of_their_own() -> None:
    asked = signature(x=("string", (None,)))
    groups = list(variants(asked, [(b"word",)], [(b"record",), (b"image",)]))

    assert [group[0].inputs["x"].tolist() for group in groups[:3]] == [
        [b"record"],
        [b"image"],
        [b"word"],
    ]
    labels = [probe.label for group in groups for probe in group]
    assert len(set(labels)) == len(labels)


def test_numbers_are_asked_no_records() -> None:
    asked = signature(x=("float32", (None, 2)))

    assert len(list(variants(asked, [PLAIN], [(b"record",)]))) == 1
