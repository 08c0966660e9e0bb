"""Inputs are exchanged until an answer moves, and no longer."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
import pytest

from servegate.evidence.swap_plan import MOST_SWAPS
from servegate.evidence.swaps import (
    baseline_made_up_swaps,
    baseline_swaps,
    made_up_swaps,
    swaps,
)
from servegate.facts.probes import Probe, Provenance
from servegate.facts.serving import (
    Array,
    RequestRefused,
    ServerFailed,
    Tensors,
)
from servegate.facts.swaps import Reactions, SignatureSwaps, Swap
from servegate.providers import NotApplicable
from servegate.reactions import answered, clear_effects, effects, restless, without_effect
from tests.support.answering import FakeServer, interview_with


def _probe(label: str, x: float, z: float) -> Probe:
    inputs = {"x": np.array([[x]], np.float32), "z": np.array([[z]], np.float32)}
    return Probe(
        label=label, signature="serving_default", inputs=inputs, provenance=Provenance.EXAMPLE
    )


def _plan(count: int = MOST_SWAPS) -> tuple[SignatureSwaps, ...]:
    """Swaps of both inputs of one example."""
    original = _probe("example 1", 1.0, 1.0)
    other = range(2, count + 2)
    by_input = {
        "x": tuple(_probe(f"x of {one}", float(one), 1.0) for one in other),
        "z": tuple(_probe(f"z of {one}", 1.0, float(one)) for one in other),
    }
    return (
        SignatureSwaps(
            signature="serving_default",
            by_input={
                name: tuple(Swap(name=name, original=original, probe=one) for one in probes)
                for name, probes in by_input.items()
            },
            alike=("key",),
        ),
    )


def _only_x(inputs: Tensors) -> Mapping[str, Array]:
    return {"y": np.asarray(inputs["x"], np.float32) * 2}


def _both(inputs: Tensors) -> Mapping[str, Array]:
    return {"y": np.asarray(inputs["x"], np.float32) + np.asarray(inputs["z"], np.float32)}


def _asked(server: FakeServer) -> Reactions:
    (found,) = swaps(_plan(), interview_with(server))
    return found


def test_input_that_moves_is_soon_done_with() -> None:
    server = FakeServer(_both)
    found = _asked(server)

    assert without_effect(found) == ()
    assert [len(one) for one in found.by_input.values()] == [2, 2]
    assert len(server.asked) == 2  # the original alone, then with all four swaps
    assert server.asked[1].inputs["x"].shape == (5, 1)
    assert found.alike == ("key",)


def test_input_that_moves_nothing_is_exchanged_again_and_again() -> None:
    server = FakeServer(_only_x)
    found = _asked(server)

    assert without_effect(found) == ("z",)
    assert [len(one) for one in found.by_input.values()] == [2, MOST_SWAPS]
    assert len(server.asked) == 6
    labels = [one.swap.probe.label for one in found.by_input["z"]]
    assert labels == [f"z of {number}" for number in range(2, MOST_SWAPS + 2)]


def test_effect_that_shows_late_ends_it() -> None:
    def late(inputs: Tensors) -> Mapping[str, Array]:
        return {"y": _only_x(inputs)["y"] + (np.asarray(inputs["z"]) == 8.0)}

    found = _asked(FakeServer(late))

    assert (len(found.by_input["z"]), effects(found, "z")) == (8, 1)


def test_answers_that_change_by_themselves_are_no_effect() -> None:
    ticks = itertools.count()
    found = _asked(
        FakeServer(
            lambda inputs: {**_only_x(inputs), "n": np.full((len(inputs["x"]), 1), next(ticks))}
        )
    )

    assert restless(found.repeats) == {"n"}
    assert without_effect(found) == ("z",)


def test_larger_batches_may_move_answers_a_little() -> None:
    def in_batches(inputs: Tensors) -> Mapping[str, Array]:
        factor = np.float32(2 + 5e-7 * len(inputs["x"]))
        return {"y": np.asarray(inputs["x"], np.float32) * factor}

    assert without_effect(_asked(FakeServer(in_batches))) == ("z",)


def test_refused_swaps_are_no_answers() -> None:
    def particular(inputs: Tensors) -> Mapping[str, Array]:
        if (np.asarray(inputs["z"]) != 1.0).any():
            raise RequestRefused("INVALID_ARGUMENT", "no such z")
        return _only_x(inputs)

    found = _asked(FakeServer(particular))
    assert answered(found, "z") == []
    assert without_effect(found) == ()
    assert effects(found, "x") > 0


def test_base_version_gets_the_very_same_swaps_of_what_did_not_move() -> None:
    found = _asked(FakeServer(_only_x))
    server = FakeServer(_both)
    (base,) = baseline_swaps((found,), interview_with(server))

    assert list(base.by_input) == ["z"]
    assert [one.swap for one in base.by_input["z"]] == [one.swap for one in found.by_input["z"]]
    assert effects(base, "z") == MOST_SWAPS
    assert len(server.asked) == 2


def test_base_version_is_not_asked_in_vain() -> None:
    server = FakeServer(_both)

    with pytest.raises(NotApplicable):
        baseline_swaps((_asked(FakeServer(_both)),), interview_with(server))
    assert not server.asked


def test_base_version_that_dies_is_no_trouble_of_the_change() -> None:
    def dying(_inputs: Tensors) -> Mapping[str, Array]:
        raise ServerFailed("it is gone", "")

    found = _asked(FakeServer(_only_x))
    with pytest.raises(NotApplicable) as absent:
        baseline_swaps((found,), interview_with(FakeServer(dying)))
    assert "The base version 1 does not run: it is gone" in absent.value.reason


def test_made_up_inputs_are_put_to_both_versions_likewise() -> None:
    (found,) = made_up_swaps(_plan(), interview_with(FakeServer(_only_x)))
    (base,) = baseline_made_up_swaps((found,), interview_with(FakeServer(_both)))

    assert without_effect(found) == ("z",)
    assert clear_effects(base, "z") == MOST_SWAPS
