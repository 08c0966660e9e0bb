"""Promises to clients that a new export breaks: names, dtypes, ranks, methods."""

from __future__ import annotations

from benchmarks.detection.change import Change
from benchmarks.detection.editing.model import Model, model, set_dtype
from benchmarks.detection.editing.surgery import (
    Port,
    integers,
    offered_again,
    outputs,
    own_input,
    replace_input,
    shape_attribute,
    shape_message,
    through_outputs,
)
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.registry import Effect, Part, mutator
from servegate.savedmodel.protos import SignatureDef
from servegate.savedmodel.signatures import Signature

_CHANGES = (Part.MODEL, Part.EXAMPLES)
_CLASSIFY = "tensorflow/serving/classify"
_REGRESS = "tensorflow/serving/regress"
_PREDICT = "tensorflow/serving/predict"


@mutator("C01", changes={Part.MODEL}, effect=Effect.REFUSES_SOME)
def a_signature_is_renamed(change: Change) -> None:
    """The signature that clients call has got another name."""
    with model(change.new) as served:
        signature = served.default
        offered_again(served, signature)
        del served.meta_graph.signature_def[signature.name]


@a_signature_is_renamed.twin(effect=Effect.AS_BEFORE)
def a_signature_has_two_names(change: Change) -> None:
    """The signature that clients call is offered under a second name too."""
    with model(change.new) as served:
        offered_again(served, served.default)


@mutator("C02", changes={Part.MODEL}, effect=Effect.REFUSES_SOME)
def one_of_several_inputs_is_renamed(change: Change) -> None:
    """An input of several has got another name."""
    with model(change.new) as served:
        _rename_input(_several_inputs(served))


@one_of_several_inputs_is_renamed.twin(effect=Effect.AS_BEFORE)
def one_of_several_inputs_is_renamed_in_a_new_signature(change: Change) -> None:
    """A second signature has the input under its new name."""
    with model(change.new) as served:
        _several_inputs(served)
        _rename_input(offered_again(served, served.default))


@mutator("C02", changes=_CHANGES, effect=Effect.OTHERWISE)
def an_output_is_renamed(change: Change) -> None:
    """An output has got another name."""
    change.forget_recordings()
    with model(change.new) as served:
        definition = served.definition(served.default)
        name, _ = served.output(served.default)
        definition.outputs[f"{name}_v2"].CopyFrom(definition.outputs[name])
        del definition.outputs[name]


@an_output_is_renamed.twin(effect=Effect.AS_BEFORE)
def an_output_is_renamed_in_a_new_signature(change: Change) -> None:
    """A second signature has the output under its new name."""
    change.forget_recordings()
    with model(change.new) as served:
        name, info = served.output(served.default)
        added = offered_again(served, served.default)
        added.outputs[f"{name}_v2"].CopyFrom(info)
        del added.outputs[name]


@mutator("C03", changes={Part.MODEL}, effect=Effect.REFUSES_SOME)
def an_input_is_of_another_dtype(change: Change) -> None:
    """A float32 input has become float64."""
    with model(change.new) as served:
        port = own_input(served, "float32")
        shape = shape_attribute(port.spec.shape)
        wide = served.node("Placeholder", dtype="float64", shape=shape)
        narrow = served.node("Cast", wide, SrcT="float64", DstT="float32")
        replace_input(served, port, narrow)
        port.info.name = wide
        set_dtype(port.info, "float64")


@an_input_is_of_another_dtype.twin(effect=Effect.AS_BEFORE)
def an_input_is_cast_and_cast_back(change: Change) -> None:
    """A float32 input becomes float64 inside the graph, and float32 again."""
    with model(change.new) as served:
        port = own_input(served, "float32")
        wide = served.node("Cast", port.tensor, SrcT="float32", DstT="float64")
        replace_input(served, port, served.node("Cast", wide, SrcT="float64", DstT="float32"))


@mutator("C03", changes=_CHANGES, effect=Effect.OTHERWISE)
def outputs_have_another_rank(change: Change) -> None:
    """Every score is in a list of its own: an axis was added to the outputs."""
    change.forget_recordings()
    with model(change.new) as served:
        through_outputs(served, lambda port: _with_last_axis(served, port))
        for port in outputs(served):
            if port.spec.shape is not None:
                port.info.tensor_shape.CopyFrom(shape_message((*port.spec.shape, 1)))


@outputs_have_another_rank.twin(effect=Effect.AS_BEFORE)
def outputs_get_an_axis_and_lose_it(change: Change) -> None:
    """An axis is added to the outputs inside the graph, and removed again."""

    def wrap(port: Port) -> str:
        longer = _with_last_axis(served, port)
        return served.node("Squeeze", longer, T=port.dtype, squeeze_dims=integers(-1))

    change.forget_recordings()
    with model(change.new) as served:
        through_outputs(served, wrap)


_METHODS_CHECKED = "--enable_signature_method_name_check=true"


@mutator("C09", changes={Part.MODEL, Part.CONFIGURATION}, effect=Effect.ELSEWHERE)
def a_method_is_another(change: Change) -> None:
    """A signature for Classify or Regress says that it is for Predict, and servers check it."""
    change.configure(*change.trees, serving={"flags": [_METHODS_CHECKED]})
    with model(change.new) as served:
        for signature in _of_examples(served):
            served.definition(signature).method_name = _PREDICT


@a_method_is_another.twin(effect=Effect.AS_BEFORE)
def a_signature_is_offered_for_predict_too(change: Change) -> None:
    """A signature for Classify or Regress is offered for Predict too, under a new name."""
    change.configure(*change.trees, serving={"flags": [_METHODS_CHECKED]})
    with model(change.new) as served:
        for signature in _of_examples(served):
            offered_again(served, signature).method_name = _PREDICT


@mutator("C10", changes={Part.MODEL}, effect=Effect.REFUSES_SOME)
def the_only_input_is_renamed(change: Change) -> None:
    """The only input has got another name, which JSON rows without names never show."""
    with model(change.new) as served:
        _rename_input(_single_input(served))


@the_only_input_is_renamed.twin(effect=Effect.AS_BEFORE)
def the_only_input_is_renamed_in_a_new_signature(change: Change) -> None:
    """A second signature has the only input under its new name."""
    with model(change.new) as served:
        _single_input(served)
        _rename_input(offered_again(served, served.default))


def _several_inputs(served: Model) -> SignatureDef:
    if len(served.default.inputs) < 2:
        raise DoesNotFit("the signature has one input")
    return served.definition(served.default)


def _single_input(served: Model) -> SignatureDef:
    if len(served.default.inputs) > 1:
        raise DoesNotFit("the signature has several inputs")
    return served.definition(served.default)


def _rename_input(definition: SignatureDef) -> None:
    name = min(definition.inputs)
    definition.inputs[f"{name}_v2"].CopyFrom(definition.inputs[name])
    del definition.inputs[name]


def _with_last_axis(served: Model, port: Port) -> str:
    last = served.constant(-1, "int32")
    return served.node("ExpandDims", port.tensor, last, T=port.dtype, Tdim="int32")


def _of_examples(served: Model) -> list[Signature]:
    found = [one for one in served.signatures if one.method in (_CLASSIFY, _REGRESS)]
    if not found:
        raise DoesNotFit("no signature is for Classify or Regress")
    return found
