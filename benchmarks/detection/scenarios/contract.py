"""What clients may send and what they get: more of it, or something unusual from the start."""

from __future__ import annotations

import shutil

import numpy as np

from benchmarks.detection import teams
from benchmarks.detection.change import Change
from benchmarks.detection.editing.features import add_input, add_output, add_to_rows, rowwise
from benchmarks.detection.editing.model import Model, model
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.registry import Effect, Part, scenario
from servegate.savedmodel.tensors import from_numpy

_EVERY_INPUT = "input_sensitivity/every-input-matters"
_CONTRACT = "preprocessing/contract-unchanged"
_WITH_TEAM = (Part.MODEL, Part.EXAMPLES, Part.CODE)
_REGRESS = "tensorflow/serving/regress"
_NUMBERS = (0.5, 1.5, 2.25, 4.0)
_KEYS = ("order-17", "order-18", "order-19")
_STORES = (0, 1, 2, 3)


@scenario("H03", changes=_WITH_TEAM, effect=Effect.REFUSES_SOME, advisory={_CONTRACT})
def a_required_input_is_added(change: Change) -> None:
    """The model takes one input more; training, client and examples have it."""
    with model(change.new) as served:
        add_to_rows(served, add_input(served, "discount", "float32"), "float32")
    teams.send_too(change, "discount", _NUMBERS)


@scenario("H04", changes={Part.MODEL}, effect=Effect.AS_BEFORE)
def an_optional_input_is_added(change: Change) -> None:
    """The model takes one input more, which need not be sent."""
    with model(change.new) as served:
        add_to_rows(served, add_input(served, "discount", "float32"), "float32")
        defaults = served.definition(served.default).defaults
        defaults["discount"].CopyFrom(from_numpy(np.zeros(1, np.float32)))


@scenario("H04", changes={Part.MODEL}, effect=Effect.AS_BEFORE)
def an_output_is_added(change: Change) -> None:
    """The model answers with one output more."""
    with model(change.new) as served:
        port = rowwise(served)[0]
        negative = served.node("Neg", port.tensor, T=port.dtype)
        add_output(served, "negative", negative, port.dtype, port.spec.shape)


@scenario("H24", changes=_WITH_TEAM, effect=Effect.ELSEWHERE)
def numbers_out_of_range_are_refused(change: Change) -> None:
    """The model has always refused ids that its table does not have."""
    for version in change.versions:
        with model(version) as served:
            store = add_input(served, "store", "int64")
            add_to_rows(served, _looked_up(served, store), "float32")
    teams.send_too(change, "store", _STORES, *change.trees)


def _looked_up(served: Model, ids: str) -> str:
    """Rows of a table: an id beyond its end fails the request."""
    table = served.constant(_NUMBERS, "float32")
    axis = served.constant(0, "int32")
    types = {"Tparams": "float32", "Tindices": "int64", "Taxis": "int32"}
    return served.node("GatherV2", table, ids, axis, **types)


@scenario("H26", changes={Part.MODEL}, effect=Effect.ELSEWHERE)
def no_signature_has_the_usual_name(change: Change) -> None:
    """The model has always had two signatures, and none is called `serving_default`."""
    for version in change.versions:
        with model(version) as served:
            default = served.default
            signatures = served.meta_graph.signature_def
            for name in ("scores", "scores_again"):
                signatures[name].CopyFrom(served.definition(default))
            del signatures[default.name]


@scenario("H26", changes={Part.MODEL}, effect=Effect.AS_BEFORE)
def a_signature_for_regression(change: Change) -> None:
    """The model has always had a second signature, of another kind."""
    for version in change.versions:
        with model(version) as served:
            default = served.default
            port = rowwise(served)[0]
            if len(default.inputs) != 1:
                raise DoesNotFit("a signature for regression has one input")
            info = served.definition(default).inputs[default.inputs[0].name]
            regression = served.meta_graph.signature_def["regression"]
            regression.method_name = _REGRESS
            regression.inputs["inputs"].CopyFrom(info)
            regression.outputs["outputs"].CopyFrom(port.info)


@scenario("H30", changes=_WITH_TEAM, effect=Effect.ELSEWHERE)
def a_key_is_echoed(change: Change) -> None:
    """The model has always passed a key through, and nothing else depends on it."""
    for version in change.versions:
        with model(version) as served:
            rowwise(served)
            key = add_input(served, "order", "string")
            echo = served.node("Identity", key, T="string")
            add_output(served, "order", echo, "string", (None,))
    teams.send_too(change, "order", _KEYS, *change.trees)


@scenario("H30", changes=_WITH_TEAM, effect=Effect.REFUSES_SOME, advisory={_CONTRACT})
def a_key_is_echoed_from_now_on(change: Change) -> None:
    """The new version passes a key through, which the client has begun to send."""
    with model(change.new) as served:
        rowwise(served)
        key = add_input(served, "order", "string")
        add_output(served, "order", served.node("Identity", key, T="string"), "string", (None,))
    teams.send_too(change, "order", _KEYS)


@scenario("H30", changes=_WITH_TEAM, effect=Effect.ELSEWHERE, advisory={_EVERY_INPUT})
def a_mask_without_effect(change: Change) -> None:
    """The model has always taken a mask, which serving does not read."""
    for version in change.versions:
        with model(version) as served:
            rowwise(served)
            add_input(served, "mask", "bool")
    teams.send_too(change, "mask", (True, False), *change.trees)


@scenario("H31", changes=_WITH_TEAM, effect=Effect.ELSEWHERE, advisory={_EVERY_INPUT})
def an_input_by_convention(change: Change) -> None:
    """The model has always taken a reward, as every policy does, and never used it."""
    for version in change.versions:
        with model(version) as served:
            rowwise(served)
            add_input(served, "reward", "float32")
    teams.send_too(change, "reward", _NUMBERS, *change.trees)


@scenario("H31", changes=tuple(Part), effect=Effect.ELSEWHERE, advisory={_EVERY_INPUT})
def an_input_by_convention_of_a_first_version(change: Change) -> None:
    """The first version of a model takes a reward, and does not use it."""
    for tree in change.trees:
        shutil.rmtree(change.version(change.origin.old, tree))
    with model(change.new) as served:
        rowwise(served)
        add_input(served, "reward", "float32")
    teams.send_too(change, "reward", _NUMBERS)
