"""The gRPC API over tiny models."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import grpc
import pytest

from servegate.savedmodel.protos import Example, SignatureDef, TensorProto
from tests.support.embedded import EmbeddedServer, model_config, one_model
from tests.support.tinymodels import (
    CLASSIFY,
    REGRESS,
    Graph,
    Signature,
    data_type,
    saved_model,
    tensor_proto,
    write_model,
    write_saved_model,
)

# isort: split
from tensorflow_serving.apis.classification_pb2 import ClassificationRequest
from tensorflow_serving.apis.get_model_metadata_pb2 import (
    GetModelMetadataRequest,
    SignatureDefMap,
)
from tensorflow_serving.apis.get_model_status_pb2 import GetModelStatusRequest
from tensorflow_serving.apis.inference_pb2 import MultiInferenceRequest
from tensorflow_serving.apis.model_management_pb2 import ReloadConfigRequest
from tensorflow_serving.apis.model_service_pb2_grpc import ModelServiceStub
from tensorflow_serving.apis.predict_pb2 import PredictRequest
from tensorflow_serving.apis.prediction_service_pb2_grpc import PredictionServiceStub


def write_with_default(directory: Path) -> None:
    """Adds two inputs, of which one has a default."""
    graph = Graph()
    a, b = graph.placeholder("a", shape=None), graph.placeholder("b", shape=None)
    total = Signature(inputs={"a": a, "b": b}, outputs={"y": graph.add(a, b, name="y")})
    message = saved_model(graph, [total])
    signature: SignatureDef = message.meta_graphs[0].signature_def["serving_default"]
    signature.defaults["b"].CopyFrom(tensor_proto(100.0, "float32"))
    directory.mkdir(parents=True)
    (directory / "saved_model.pb").write_bytes(message.SerializeToString())


def write_example_sizes(directory: Path) -> None:
    """Classifies and regresses an example by its size."""
    graph = Graph()
    examples = graph.placeholder("examples", "string", (None,))
    size = graph.op("StringLength", "size", [examples], dtype="int32", shape=(None,))
    scores = graph.op("Cast", "scores", [size], dtype="float32", SrcT="int32", DstT="float32")
    one = graph.const("one", 1, "int32")
    column = graph.op(
        "ExpandDims", "column", [scores, one], dtype="float32", T="float32", Tdim="int32"
    )
    signatures = [
        Signature(
            key="c", method=CLASSIFY, inputs={"inputs": examples}, outputs={"scores": column}
        ),
        Signature(
            key="r", method=REGRESS, inputs={"inputs": examples}, outputs={"outputs": column}
        ),
    ]
    write_saved_model(directory, graph, signatures)


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[EmbeddedServer]:
    write_model(folder / "line" / "1", weight=2, bias=1)
    write_model(folder / "line" / "2", weight=3, bias=1)
    write_model(folder / "words" / "1", dtype="int32", weight=2, bias=0)
    write_with_default(folder / "default" / "1")
    write_example_sizes(folder / "sizes" / "1")
    names = ("words", "default", "sizes")
    config = model_config(
        folder,
        f'name: "line" base_path: "{folder}/line" model_version_policy {{ all {{}} }}',
        *(f'name: "{name}" base_path: "{folder}/{name}"' for name in names),
    )
    with EmbeddedServer(folder, config, "--max_num_load_retries=0") as server:
        yield server.opened()


@pytest.fixture
def prediction(server: EmbeddedServer) -> PredictionServiceStub:
    return PredictionServiceStub(server.channel)


@pytest.fixture
def model(server: EmbeddedServer) -> ModelServiceStub:
    return ModelServiceStub(server.channel)


def question(name: str, version: int | None = None, **inputs: TensorProto) -> PredictRequest:
    request = PredictRequest(inputs=inputs)
    request.model_spec.name = name
    if version is not None:
        request.model_spec.version.value = version
    return request


def floats(*values: float) -> TensorProto:
    return tensor_proto(values, "float32")


def refused(call: Callable[..., object], request: object) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(grpc.RpcError) as caught:
        call(request, timeout=30)
    return caught.value.code(), str(caught.value.details())


def test_an_answer_names_its_version(prediction: PredictionServiceStub) -> None:
    response = prediction.Predict(question("line", x=floats(1, 2)), timeout=30)
    assert list(response.outputs["y"].float_val) == [4, 7]
    spec = response.model_spec
    assert (spec.name, spec.version.value, spec.signature_name) == ("line", 2, "serving_default")
    response = prediction.Predict(question("line", 1, x=floats(1)), timeout=30)
    assert (response.model_spec.version.value, response.outputs["y"].float_val[0]) == (1, 3)


def test_messages_of_more_than_four_megabytes_pass(prediction: PredictionServiceStub) -> None:
    response = prediction.Predict(question("line", x=floats(*[1.0] * 2_000_000)), timeout=60)
    assert len(response.outputs["y"].float_val) == 2_000_000


def test_an_input_left_out_gets_its_default(prediction: PredictionServiceStub) -> None:
    response = prediction.Predict(question("default", a=floats(1)), timeout=30)
    assert response.outputs["y"].float_val[0] == 101


def test_outputs_may_be_chosen(prediction: PredictionServiceStub) -> None:
    request = question("line", x=floats(1))
    request.output_filter.append("z")
    code, details = refused(prediction.Predict, request)
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert details == (
        "output tensor alias not found in signature: z Outputs expected to be in the set {y}."
    )


REFUSED: dict[str, tuple[PredictRequest, grpc.StatusCode, str]] = {
    "no spec": (PredictRequest(), grpc.StatusCode.INVALID_ARGUMENT, "Missing ModelSpec"),
    "model": (
        question("nope"),
        grpc.StatusCode.NOT_FOUND,
        "Servable not found for request: Latest(nope)",
    ),
    "version": (
        question("line", 7),
        grpc.StatusCode.NOT_FOUND,
        "Servable not found for request: Specific(line, 7)",
    ),
    "missing": (
        question("line"),
        grpc.StatusCode.INVALID_ARGUMENT,
        (
            "input size does not match signature: 0!=1 len({}) != len({x}). Sent extra: {}. "
            "Missing but required: {x}."
        ),
    ),
    "other name": (
        question("line", z=floats(1)),
        grpc.StatusCode.INVALID_ARGUMENT,
        (
            "Signature input alias: x(feed name: given:0) not found in request and no default "
            "value provided. Inputs expected to be in the request {z}, or default input alias set: "
        ),
    ),
    "dtype": (
        question("words", x=floats(1)),
        grpc.StatusCode.INVALID_ARGUMENT,
        "Expects arg[0] to be int32 but float is provided",
    ),
    "no tensor": (
        question("line", x=TensorProto(dtype=data_type("float32"), tensor_content=b"123")),
        grpc.StatusCode.INVALID_ARGUMENT,
        "tensor parsing error: x",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_requests_that_are_wrong(prediction: PredictionServiceStub, case: str) -> None:
    request, code, details = REFUSED[case]
    assert refused(prediction.Predict, request) == (code, details)


def test_an_unknown_signature_is_a_failed_precondition(prediction: PredictionServiceStub) -> None:
    request = question("line", x=floats(1))
    request.model_spec.signature_name = "nope"
    expected = 'Serving signature key "nope" not found.'
    assert refused(prediction.Predict, request) == (
        grpc.StatusCode.FAILED_PRECONDITION,
        expected,
    )


def test_metadata_holds_the_signatures_with_their_defaults(
    prediction: PredictionServiceStub,
) -> None:
    request = GetModelMetadataRequest(metadata_field=["signature_def"])
    request.model_spec.name = "default"
    response = prediction.GetModelMetadata(request, timeout=30)
    signatures = SignatureDefMap()
    response.metadata["signature_def"].Unpack(signatures)
    signature = signatures.signature_def["serving_default"]
    assert set(signature.inputs) == {"a", "b"}
    assert set(signature.defaults) == {"b"}
    assert response.model_spec.version.value == 1


@pytest.mark.parametrize(
    "method",
    ["/tensorflow.serving.PredictionService/Foo", "/foo.Bar/Baz", "/grpc.health.v1.Health/Check"],
)
def test_unknown_methods_are_refused_without_a_word(server: EmbeddedServer, method: str) -> None:
    call: Callable[..., object] = server.channel.unary_unary(method)
    assert refused(call, b"") == (grpc.StatusCode.UNIMPLEMENTED, "")


def test_a_message_that_is_none_is_refused_without_a_word(server: EmbeddedServer) -> None:
    method = "/tensorflow.serving.PredictionService/Predict"
    call: Callable[..., object] = server.channel.unary_unary(method)
    assert refused(call, b"\xff") == (grpc.StatusCode.INTERNAL, "")


def test_health_where_it_is_asked_for(tmp_path: Path) -> None:
    write_model(tmp_path / "m" / "1")
    flags = (*one_model(tmp_path / "m"), "--enable_grpc_healthcheck_service=true")
    with EmbeddedServer(tmp_path, *flags) as server:
        channel = server.opened().channel
        check: Callable[..., object] = channel.unary_unary("/grpc.health.v1.Health/Check")
        for name in (b"", b"ModelService", b"PredictionService"):
            request = b"\x0a" + bytes([len(name)]) + name
            assert check(request, timeout=30) == b"\x08\x01"
        unknown = grpc.StatusCode.NOT_FOUND, "service name unknown"
        assert refused(check, b"\x0a\x03foo") == unknown


def test_who_watches_the_health_holds_up_nobody(tmp_path: Path) -> None:
    write_model(tmp_path / "m" / "1")
    flags = (
        *one_model(tmp_path / "m"),
        "--enable_grpc_healthcheck_service=true",
        "--grpc_max_threads=1",
    )
    with EmbeddedServer(tmp_path, *flags) as server:
        channel = server.opened().channel
        watch: Callable[..., Iterator[bytes]] = channel.unary_stream("/grpc.health.v1.Health/Watch")
        watching = [watch(request, timeout=60) for request in (b"", b"\x0a\x03foo", b"")]
        assert [next(one) for one in watching] == [b"\x08\x01", b"\x08\x03", b"\x08\x01"]
        request = question("m", x=floats(1))
        assert PredictionServiceStub(channel).Predict(request, timeout=30).outputs["y"].float_val


def test_answers_may_be_packed(tmp_path: Path) -> None:
    graph = Graph()
    given = {
        "half": graph.placeholder("half", "float16", None),
        "flag": graph.placeholder("flag", "bool", None),
        "text": graph.placeholder("text", "string", None),
    }
    same = {name: graph.identity(one, name=f"{name}_out") for name, one in given.items()}
    write_saved_model(tmp_path / "m" / "1", graph, [Signature(inputs=given, outputs=same)])
    flags = (*one_model(tmp_path / "m"), "--enable_serialization_as_tensor_content=true")
    values = {
        "half": tensor_proto([1.0, -2.0], "float16"),
        "flag": tensor_proto([[True], [False]], "bool"),
        "text": tensor_proto(["a", "b" * 300], "string"),
    }
    with EmbeddedServer(tmp_path, *flags) as server:
        stub = PredictionServiceStub(server.opened().channel)
        outputs = stub.Predict(question("m", None, **values), timeout=60).outputs
    assert outputs["half"] == values["half"]
    assert outputs["flag"] == values["flag"]
    # Strings are their lengths, as varints, and then what they hold.
    assert outputs["text"].tensor_content == b"\x01\xac\x02a" + b"b" * 300
    assert not outputs["text"].string_val


def test_status(model: ModelServiceStub) -> None:
    request = GetModelStatusRequest()
    request.model_spec.name = "line"
    response = model.GetModelStatus(request, timeout=30)
    assert [(one.version, one.state) for one in response.model_version_status] == [
        (2, 30),
        (1, 30),
    ]


def test_examples(prediction: PredictionServiceStub) -> None:
    example = Example()
    example.features.feature["word"].bytes_list.value.append(b"abc")
    size = float(example.ByteSize())
    request = ClassificationRequest()
    request.model_spec.name = "sizes"
    request.model_spec.signature_name = "c"
    assert refused(prediction.Classify, request)[1] == "Input is empty."
    request.input.example_list.examples.append(example)
    response = prediction.Classify(request, timeout=30)
    assert response.result.classifications[0].classes[0].score == size
    both = MultiInferenceRequest()
    both.input.CopyFrom(request.input)
    for signature, method in (("c", CLASSIFY), ("r", REGRESS)):
        task = both.tasks.add(method_name=method)
        task.model_spec.name = "sizes"
        task.model_spec.signature_name = signature
    results = prediction.MultiInference(both, timeout=30).results
    assert results[0].classification_result.classifications[0].classes[0].score == size
    assert results[1].regression_result.regressions[0].value == size
    both.tasks[1].model_spec.name = "line"
    assert refused(prediction.MultiInference, both)[1].startswith("All ModelSpecs in a")


def test_the_configuration_is_replaced(
    server: EmbeddedServer, folder: Path, model: ModelServiceStub, prediction: PredictionServiceStub
) -> None:
    write_model(folder / "extra" / "4", weight=5, bias=0)
    (folder / "empty" / "1").mkdir(parents=True)
    before = ReloadConfigRequest()
    names = ("line", "words", "default", "sizes")
    for name in names:
        before.config.model_config_list.config.add(
            name=name, base_path=f"{folder}/{name}", model_platform="tensorflow"
        )
    after = ReloadConfigRequest()
    after.CopyFrom(before)
    after.config.model_config_list.config.add(
        name="extra", base_path=f"{folder}/extra", model_platform="tensorflow"
    )
    model.HandleReloadConfigRequest(after, timeout=60)
    assert prediction.Predict(question("extra", x=floats(1)), timeout=30).outputs["y"]
    after.config.model_config_list.config[0].version_labels["stable"] = 9
    assert refused(model.HandleReloadConfigRequest, after) == (
        grpc.StatusCode.FAILED_PRECONDITION,
        (
            "Request to assign label to version 9 of model line, which is not currently available "
            "for inference"
        ),
    )
    before.config.model_config_list.config.add(
        name="empty", base_path=f"{folder}/empty", model_platform="tensorflow"
    )
    code, details = refused(model.HandleReloadConfigRequest, before)
    assert code is grpc.StatusCode.UNKNOWN
    assert details.startswith("1 model(s) did not become available: {{{name: empty version: 1} due")
    server.reaches("extra", {"4": "END"})
    assert refused(prediction.Predict, question("extra", x=floats(1)))[1].endswith("Latest(extra)")
