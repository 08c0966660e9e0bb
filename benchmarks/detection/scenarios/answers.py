"""Answers that look odd and are well."""

from __future__ import annotations

from benchmarks.detection import teams
from benchmarks.detection.change import Change
from benchmarks.detection.editing.features import add_input, add_output, add_to_rows, rowwise
from benchmarks.detection.editing.model import Model, model
from benchmarks.detection.editing.surgery import (
    Port,
    after,
    at_start,
    held_by,
    scaled,
    through_outputs,
    variable,
)
from benchmarks.detection.recordings import record_answers
from benchmarks.detection.registry import Effect, Part, scenario

_DETERMINISTIC = "input_sensitivity/deterministic"
_OF_SCALE = {
    "input_sensitivity/effect-comparable-to-base",
    "input_sensitivity/probabilities-are-probabilities",
}
_ORDER = "input_sensitivity/order-independent"
_CHANGES = (Part.MODEL, Part.EXAMPLES)
_DRIFT = 1.8e-7
"""How far answers in a batch were from answers alone on three real models, for each row."""
_NOISE = 0.125
_ABSURD = -1e30
_WORDS = ("red", "green", "blue")


@scenario("H18", changes=(*_CHANGES, Part.FILES), effect=Effect.ANSWERS)
def answers_in_a_batch_are_a_little_else(change: Change) -> None:
    """Every row of a batch moves the answers by some 1e-7; they were recorded one by one."""
    change.forget_recordings()
    for version in change.versions:
        with model(version) as served:
            drifting = rowwise(served)
            first = served.default.inputs[0]
            rows = _rows(served, first.tensor, first.dtype)
            for port in drifting:
                port.info.name = _drifting(served, port, rows)
    record_answers(change)


def _drifting(served: Model, port: Port, rows: str) -> str:
    each = served.constant(_DRIFT, port.dtype)
    count = served.node("Cast", rows, SrcT="int32", DstT=port.dtype)
    drift = served.node("Mul", count, each, T=port.dtype)
    factor = served.node("AddV2", drift, served.constant(1, port.dtype), T=port.dtype)
    return served.node("Mul", port.tensor, factor, T=port.dtype)


def _rows(served: Model, tensor: str, dtype: str) -> str:
    """How many rows a request has."""
    shape = served.node("Shape", tensor, T=dtype, out_type="int32")
    first, step = served.constant(0, "int32"), served.constant(0, "int32")
    types = {"Tindices": "int32", "Tparams": "int32", "Taxis": "int32"}
    return served.node("GatherV2", shape, first, step, **types)


@scenario("H20", changes=_CHANGES, effect=Effect.UNSTABLE, advisory={_DETERMINISTIC})
def a_sampler(change: Change) -> None:
    """The model has always added noise to its answers."""
    change.forget_recordings()
    for version in change.versions:
        with model(version) as served:

            def noisy(port: Port, served: Model = served) -> str:
                shape = served.node("Shape", port.tensor, T=port.dtype, out_type="int32")
                noise = served.node(
                    "RandomStandardNormal", shape, T="int32", dtype=port.dtype, seed=0, seed2=0
                )
                size = served.constant(_NOISE, port.dtype)
                small = served.node("Mul", noise, size, T=port.dtype)
                return served.node("AddV2", port.tensor, small, T=port.dtype)

            through_outputs(served, noisy)


@scenario("H20", changes=_CHANGES, effect=Effect.UNSTABLE, advisory={_ORDER})
def a_counter(change: Change) -> None:
    """The model has always counted its requests, and says how many there were."""
    change.forget_recordings()
    for version in change.versions:
        with model(version) as served:
            port = rowwise(served)[0]
            handle = variable(served, 0.0, port.dtype)
            one = served.constant(1.0, port.dtype)
            counted = served.node("AssignAddVariableOp", handle, one, dtype=port.dtype)
            again = after(served, handle, "resource", counted)
            number = held_by(served, again, port.dtype)
            zeros = served.node("ZerosLike", port.tensor, T=port.dtype)
            filled = served.node("AddV2", zeros, number, T=port.dtype)
            add_output(served, "requests", filled, port.dtype, port.spec.shape)


@scenario("H22", changes=_CHANGES, effect=Effect.OTHERWISE)
def scores_that_are_no_probabilities(change: Change) -> None:
    """The outputs have always been scores of any size and sign."""
    change.forget_recordings()
    for version in change.versions:
        with model(version) as served:

            def score(port: Port, served: Model = served) -> str:
                centre = served.constant(3.0, port.dtype)
                return served.node("Sub", scaled(served, port, 7.0), centre, T=port.dtype)

            through_outputs(served, score)


@scenario("H23", changes={Part.MODEL}, effect=Effect.PARTLY_CONSTANT)
def a_class_that_stays(change: Change) -> None:
    """Beside its scores the model has always named a class, which is nearly always the same."""
    for version in change.versions:
        with model(version) as served:
            port = rowwise(served)[0]
            bound = served.constant(_ABSURD, port.dtype)
            above = served.node("GreaterEqual", port.tensor, bound, T=port.dtype)
            label = served.node("Cast", above, SrcT="bool", DstT="int64")
            add_output(served, "class", label, "int64", port.spec.shape)


@scenario("H25", changes=(*_CHANGES, Part.CODE, Part.ASSETS), effect=Effect.ELSEWHERE)
def words_from_an_asset(change: Change) -> None:
    """The model has always filled a table from a file among its assets."""
    for version in change.versions:
        (version / "assets").mkdir(exist_ok=True)
        (version / "assets" / "colours.txt").write_text("".join(f"{one}\n" for one in _WORDS))
        with model(version) as served:
            word = add_input(served, "colour", "string")
            add_to_rows(served, _number_of(served, word, "colours.txt"), "int64")
    teams.send_too(change, "colour", _WORDS, *change.trees)


def _number_of(served: Model, word: str, asset: str) -> str:
    """The line of an asset that a word stands in, 7 for one that is not there."""
    file = served.constant(f"assets/{asset}", "string")
    described = served.meta_graph.asset_file_def.add(filename=asset)
    described.tensor_info.name = file
    table = served.node(
        "HashTableV2", key_dtype="string", value_dtype="int64", shared_name=asset.encode()
    )
    whole_line, line_number = -2, -1
    filled = served.node(
        "InitializeTableFromTextFileV2",
        table,
        file,
        key_index=whole_line,
        value_index=line_number,
        vocab_size=-1,
        delimiter=b"\t",
    )
    at_start(served, filled)
    unknown = served.constant(7, "int64")
    return served.node("LookupTableFindV2", table, word, unknown, Tin="string", Tout="int64")


@scenario("H28", changes=_CHANGES, effect=Effect.OTHERWISE, advisory=_OF_SCALE)
def answers_of_another_scale(change: Change) -> None:
    """The new architecture answers in percent."""
    change.forget_recordings()
    with model(change.new) as served:
        through_outputs(served, lambda port: scaled(served, port, 100.0))
