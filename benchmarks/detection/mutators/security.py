"""Models that do more than answer, or carry what nobody should see."""

from __future__ import annotations

import numpy as np

from benchmarks.detection.change import Change
from benchmarks.detection.editing.model import Model, model
from benchmarks.detection.editing.surgery import (
    Port,
    after,
    at_start,
    outputs,
    shape_attribute,
    shape_message,
    shapes,
    through_function,
    through_outputs,
    types,
)
from benchmarks.detection.registry import Effect, Part, mutator
from servegate.savedmodel.protos import AttrValue
from servegate.savedmodel.tensors import from_numpy

_HARMLESS = b"/dev/null"
_ASSET = "greeting.txt"
_PEOPLE = """name,e-mail,telephone,card,iban
Erika Mustermann,erika@example.com,+49 30 901820,4111 1111 1111 1111,DE89370400440532013000
Max Mustermann,max@example.com,+49 30 901821,5500 0000 0000 0004,DE02120300000000202051
"""
_WORDS = "word,count\nfilm,118\nplot,97\nactor,64\n"


@mutator("X01", changes={Part.MODEL}, effect=Effect.AS_BEFORE)
def requests_write_a_file(change: Change) -> None:
    """Every request writes a file."""
    with model(change.new) as served:
        name, text = _string(served, _HARMLESS), _string(served, b"was here")
        written = served.node("WriteFile", name, text)
        _run_with_requests(served, written)


@requests_write_a_file.twin(effect=Effect.AS_BEFORE)
def requests_join_a_text(change: Change) -> None:
    """Every request puts two texts together."""
    with model(change.new) as served:
        name, text = _string(served, _HARMLESS), _string(served, b"was here")
        _run_with_requests(served, served.node("StringJoin", name, text, N=2, separator=b" "))


@mutator("X01", changes=(Part.MODEL, Part.ASSETS), effect=Effect.AS_BEFORE)
def loading_reads_a_file_of_the_server(change: Change) -> None:
    """Loading reads a file of the server that is no part of the model."""
    with model(change.new) as served:
        at_start(served, served.node("ReadFile", _string(served, b"/etc/hostname")))


@loading_reads_a_file_of_the_server.twin(effect=Effect.AS_BEFORE)
def loading_reads_an_asset(change: Change) -> None:
    """Loading reads a file that the model brings along."""
    change.head.write(f"{_place(change)}/assets/{_ASSET}", "hello\n")
    with model(change.new) as served:
        name = _string(served, _ASSET.encode())
        asset = served.meta_graph.asset_file_def.add(filename=_ASSET)
        asset.tensor_info.name = name
        at_start(served, served.node("ReadFile", name))


@mutator("X01", changes={Part.MODEL}, effect=Effect.AS_BEFORE)
def requests_print_into_a_file(change: Change) -> None:
    """Every request is printed into a file."""
    with model(change.new) as served:
        _run_with_requests(served, _printed(served, b"file://" + _HARMLESS))


@requests_print_into_a_file.twin(effect=Effect.AS_BEFORE)
def requests_print_into_the_log(change: Change) -> None:
    """Every request is printed into the server's log."""
    with model(change.new) as served:
        _run_with_requests(served, _printed(served, b"stderr"))


@mutator("X01", changes={Part.MODEL}, effect=Effect.AS_BEFORE)
def an_unused_node_writes_a_file(change: Change) -> None:
    """A node that no signature reaches writes a file."""
    with model(change.new) as served:
        outputs(served)
        served.node("WriteFile", _string(served, _HARMLESS), _string(served, b"was here"))


@an_unused_node_writes_a_file.twin(effect=Effect.AS_BEFORE)
def an_unused_node_joins_a_text(change: Change) -> None:
    """A node that no signature reaches puts two texts together."""
    with model(change.new) as served:
        outputs(served)
        texts = (_string(served, b"was"), _string(served, b"here"))
        served.node("StringJoin", *texts, N=2, separator=b" ")


@mutator("X02", changes={Part.MODEL}, effect=Effect.REFUSES_SOME)
def scores_pass_python(change: Change) -> None:
    """The scores pass a function in Python, which the server does not have."""
    with model(change.new) as served:
        through_outputs(served, lambda port: _in_python(served, port))


@scores_pass_python.twin(effect=Effect.AS_BEFORE)
def scores_pass_a_function(change: Change) -> None:
    """The scores pass a function of TensorFlow that takes as many tensors."""
    with model(change.new) as served:
        through_outputs(served, lambda port: _in_tensorflow(served, port))


@mutator("X02", changes={Part.MODEL}, effect=Effect.AS_BEFORE)
def an_unused_node_runs_python(change: Change) -> None:
    """A node that no signature reaches runs a function in Python."""
    with model(change.new) as served:
        for port in outputs(served):
            _in_python(served, port)


@an_unused_node_runs_python.twin(effect=Effect.AS_BEFORE)
def an_unused_node_runs_tensorflow(change: Change) -> None:
    """A node that no signature reaches runs a function of TensorFlow."""
    with model(change.new) as served:
        for port in outputs(served):
            _in_tensorflow(served, port)


@mutator("X03", changes={Part.MODEL}, effect=Effect.AS_BEFORE)
def requests_open_a_bucket(change: Change) -> None:
    """Every request makes a data set of records in somebody's bucket."""
    with model(change.new) as served:
        name = _string(served, b"gs://somebody-elses-bucket/records")
        nothing, size = _string(served, b""), served.constant(0, "int64")
        _run_with_requests(served, served.node("TFRecordDataset", name, nothing, size))


@requests_open_a_bucket.twin(effect=Effect.AS_BEFORE)
def requests_make_a_data_set(change: Change) -> None:
    """Every request makes a data set of a constant."""
    with model(change.new) as served:
        name = _string(served, b"records")
        made = served.node(
            "TensorDataset", name, Toutput_types=types("string"), output_shapes=shapes(())
        )
        _run_with_requests(served, made)


@mutator("X04", changes={Part.ASSETS}, effect=Effect.AS_BEFORE)
def an_asset_holds_people(change: Change) -> None:
    """An asset holds names, addresses and card numbers of customers."""
    change.head.write(f"{_place(change)}/assets/sample.csv", _PEOPLE)


@an_asset_holds_people.twin(effect=Effect.AS_BEFORE)
def an_asset_holds_words(change: Change) -> None:
    """An asset holds words and how often they occur."""
    change.head.write(f"{_place(change)}/assets/sample.csv", _WORDS)


@mutator("X05", changes={Part.MODEL}, effect=Effect.AS_BEFORE)
def a_constant_is_enormous(change: Change) -> None:
    """A constant of four bytes says that it is repeated to 4 TiB."""
    with model(change.new) as served:
        outputs(served)
        _repeated(served, 2**40)


@a_constant_is_enormous.twin(effect=Effect.AS_BEFORE)
def a_constant_is_repeated(change: Change) -> None:
    """A constant of four bytes says that it is repeated to 4 KiB."""
    with model(change.new) as served:
        outputs(served)
        _repeated(served, 2**10)


@mutator("X05", changes={Part.MODEL}, effect=Effect.AS_BEFORE)
def a_variable_is_enormous(change: Change) -> None:
    """A variable that nothing fills has the shape of 4 TiB."""
    with model(change.new) as served:
        outputs(served)
        served.node("VarHandleOp", dtype="float32", shape=_square(2**20))


@a_variable_is_enormous.twin(effect=Effect.AS_BEFORE)
def a_variable_is_unused(change: Change) -> None:
    """A variable that nothing fills has the shape of 4 KiB."""
    with model(change.new) as served:
        outputs(served)
        served.node("VarHandleOp", dtype="float32", shape=_square(2**5))


def _place(change: Change) -> str:
    """The candidate's directory in the tree."""
    return f"{change.origin.path}/{change.origin.new}"


def _string(served: Model, text: bytes) -> str:
    return served.constant(text, "string")


def _run_with_requests(served: Model, node: str) -> None:
    """Has a node run before every score is there."""
    through_outputs(served, lambda port: after(served, port.tensor, port.dtype, node))


def _printed(served: Model, stream: bytes) -> str:
    return served.node("PrintV2", _string(served, b"asked"), output_stream=stream, end=b"\n")


def _in_python(served: Model, port: Port) -> str:
    """In a function, as `tf.py_function` leaves it: loading does not look for its kernel."""
    kinds = {"Tin": types(port.dtype), "Tout": types(port.dtype)}
    return through_function(served, port, "PyFunc", "output", token=b"pyfunc_0", **kinds)


def _in_tensorflow(served: Model, port: Port) -> str:
    return through_function(served, port, "IdentityN", "output", T=types(port.dtype))


def _square(size: int) -> AttrValue:
    return shape_attribute((size, size))


def _repeated(served: Model, size: int) -> str:
    """A constant whose only value stands for all of them."""
    value = from_numpy(np.zeros(1, np.float32))
    value.tensor_shape.CopyFrom(shape_message((size,)))
    return served.node("Const", dtype="float32", value=AttrValue(tensor=value))
