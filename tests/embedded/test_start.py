"""How the server starts, waits, refuses to start, and ends."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.embedded import EmbeddedServer, model_config, one_model
from tests.support.tinymodels import (
    Graph,
    Signature,
    data_type,
    tensor_proto,
    write_model,
    write_saved_model,
    write_warmup,
)

# isort: split
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog


def prediction_log(**inputs: float) -> bytes:
    log = PredictionLog()
    for name, value in inputs.items():
        log.predict_log.request.inputs[name].CopyFrom(tensor_proto([[value]], "float32"))
    return bytes(log.SerializeToString())


def test_an_unknown_flag_is_told_and_ignored(tmp_path: Path) -> None:
    write_model(tmp_path / "m" / "1")
    flags = (*one_model(tmp_path / "m"), "--no_such_flag=1", "--ssl_config_file=x")
    with EmbeddedServer(tmp_path, *flags) as server:
        server.opened()
        assert "unknown argument: --no_such_flag=1\nusage: " in server.log
        assert "--ssl_config_file has no meaning for the embedded server" in server.log
        assert server.predict("m", 1) == [3]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it(tmp_path: Path, number: signal.Signals) -> None:
    write_model(tmp_path / "m" / "1")
    with EmbeddedServer(tmp_path, *one_model(tmp_path / "m")) as server:
        server.opened().process.send_signal(number)
        assert server.ended() == -number


def test_the_ports_stay_closed_until_there_is_a_version(tmp_path: Path) -> None:
    base = tmp_path / "m"
    with EmbeddedServer(tmp_path, *one_model(base)) as server:
        server.logged(f"Could not find base path {base} for servable m with error NOT_FOUND")
        base.mkdir()
        server.logged("Did you forget to name your leaf directory as a number (eg. '/1/')?")
        assert not server.is_open
        write_model(base / "1")
        assert server.opened().states("m") == {"1": "AVAILABLE"}


def test_a_model_without_variables_loads_and_fails_when_asked(tmp_path: Path) -> None:
    graph = Graph()
    x = graph.placeholder("x")
    variable = graph.op("VariableV2", "w", dtype="float32", shape=())
    node = graph.definition.node[-1]
    node.attr["dtype"].type = data_type("float32")
    node.attr["shape"].shape.SetInParent()
    y = graph.multiply(x, graph.identity(variable, name="read"), name="y")
    write_saved_model(tmp_path / "m" / "1", graph, [Signature(inputs={"x": x}, outputs={"y": y})])
    with EmbeddedServer(tmp_path, *one_model(tmp_path / "m")) as server:
        assert server.opened().states("m") == {"1": "AVAILABLE"}
        answer = server.post("/m:predict", {"instances": [1]})
        assert answer.status == 400
        assert "Attempting to use uninitialized value w" in answer.json["error"]


def test_a_text_model_loads(tmp_path: Path) -> None:
    from google.protobuf import text_format

    from servegate.savedmodel.protos import SavedModel

    directory = write_model(tmp_path / "m" / "1")
    binary = directory / "saved_model.pb"
    message = SavedModel.FromString(binary.read_bytes())
    binary.unlink()
    (directory / "saved_model.pbtxt").write_text(text_format.MessageToString(message))
    with EmbeddedServer(tmp_path, *one_model(tmp_path / "m")) as server:
        assert server.opened().predict("m", 1) == [3]


def test_warm_up_records_are_replayed(tmp_path: Path) -> None:
    directory = write_model(tmp_path / "m" / "1")
    write_warmup(directory, [prediction_log(x=1.0), prediction_log(x=2.0)])
    with EmbeddedServer(tmp_path, *one_model(tmp_path / "m")) as server:
        server.opened()
        assert "Number of warmup records read: 2." in server.log


def test_how_often_warm_up_records_are_replayed_is_said(tmp_path: Path) -> None:
    directory = write_model(tmp_path / "m" / "1")
    write_warmup(directory, [prediction_log(x=1.0), b""])  # the second asks nothing
    flags = (*one_model(tmp_path / "m"), "--num_request_iterations_for_warmup=2")
    with EmbeddedServer(tmp_path, *flags) as server:
        server.opened()
        assert "with model-warmup-options num_request_iterations {\n  value: 2\n}\n" in server.log
        assert "Number of warmup records read: 2." in server.log


def test_warm_up_records_too_obey_the_method_check(tmp_path: Path) -> None:
    graph = Graph()
    given = graph.placeholder("x")
    signature = Signature(inputs={"x": given}, outputs={"y": given}, method="mine")
    write_saved_model(tmp_path / "m" / "1", graph, [signature])
    write_warmup(tmp_path / "m" / "1", [prediction_log(x=1.0)])
    flags = (*one_model(tmp_path / "m"), "--enable_signature_method_name_check=true")
    with EmbeddedServer(tmp_path, *flags) as server:
        assert server.ended() == 255
        assert "INTERNAL: Expected prediction signature method_name to be one of" in server.log


def test_a_custom_configuration_aborts_the_server(tmp_path: Path) -> None:
    (tmp_path / "models.config").write_text("custom_model_config { }")
    with EmbeddedServer(tmp_path, f"--model_config_file={tmp_path}/models.config") as server:
        assert server.ended() == -signal.SIGABRT
        assert "server.cc:73] ModelServer does not yet support custom model config." in server.log


def test_a_server_may_start_without_models_and_get_some(tmp_path: Path) -> None:
    base = tmp_path / "m"
    write_model(base / "1")
    config = tmp_path / "models.config"
    config.write_text("# none yet")
    flags = (
        f"--model_config_file={config}",
        "--model_config_file_poll_wait_seconds=1",
        "--flush_filesystem_caches=false",
    )
    model = f'config {{ name: "m" base_path: "{base}" model_platform: "tensorflow" %s }}'
    label = 'version_labels { key: "stable" value: 1 }'
    with EmbeddedServer(tmp_path, *flags) as server:
        server.opened().logged("Taking no action for empty config.")
        config.write_text(f"model_config_list {{ {model % label} }}")
        server.logged("Request to assign label to version 1 of model m")
        config.write_text(f"model_config_list {{ {model % ''} }}")
        server.reaches("m", {"1": "AVAILABLE"})
        server.logged("server_core.cc:545] Finished reloading config")
        config.write_text("# none any more")
        server.logged(
            "failed to ReloadConfig: Cannot transition to requested config. It is only legal to "
            "transition from one ModelConfigList to another."
        )


REFUSALS: dict[str, tuple[tuple[str, ...], str]] = {
    "nothing": ((), "INVALID_ARGUMENT: Both server_options.model_base_path and"),
    "relative": (
        ("--model_base_path=rel",),
        (
            "INVALID_ARGUMENT: Expected model default to have an absolute path or URI; "
            "got base_path()=rel"
        ),
    ),
    "no file": (
        ("--model_config_file=/no/such.config",),
        "NOT_FOUND: /no/such.config; No such file or directory",
    ),
    "no port": (
        ("--model_base_path=/x", "--port=0"),
        "INVALID_ARGUMENT: At least one of server_options.grpc_port or",
    ),
    "batching": (
        ("--model_base_path=/x", "--batching_parameters_file=x"),
        "INVALID_ARGUMENT: server_options.batching_parameters_file is set without setting",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_wrong_flags_end_it(tmp_path: Path, case: str) -> None:
    flags, error = REFUSALS[case]
    with EmbeddedServer(tmp_path, *flags) as server:
        assert server.ended() == 255
        assert f"Failed to start server. Error: {error}" in server.log


CONFIGS = {
    "twice": (
        ('name: "m" base_path: "/a"', 'name: "m" base_path: "/b"'),
        "INVALID_ARGUMENT: Illegal to list model m multiple times in config list",
    ),
    "platform": (
        ('name: "m" base_path: "/a" model_type: OTHER',),
        (
            "INVALID_ARGUMENT: Illegal setting both ModelServerConfig::model_type (deprecated) and "
            "ModelServerConfig::model_platform, model name is m"
        ),
    ),
    "label": (
        ('name: "m" base_path: "/a" version_labels { key: "stable" value: 1 }',),
        (
            "FAILED_PRECONDITION: Request to assign label to version 1 of model m, which is not "
            "currently available for inference"
        ),
    ),
    "syntax": (("nam",), "INVALID_ARGUMENT: Invalid protobuf file: "),
}


@pytest.mark.parametrize("case", CONFIGS)
def test_wrong_configurations_end_it(tmp_path: Path, case: str) -> None:
    models, error = CONFIGS[case]
    with EmbeddedServer(tmp_path, model_config(tmp_path, *models)) as server:
        assert server.ended() == 255
        assert f"Failed to start server. Error: {error}" in server.log


def write_truncated(directory: Path) -> None:
    model = write_model(directory) / "saved_model.pb"
    model.write_bytes(model.read_bytes()[:-20])


def write_tagged(directory: Path) -> None:
    write_model(directory, tags=("serve", "gpu"))


def write_bad_warmup(directory: Path) -> None:
    write_warmup(write_model(directory), [prediction_log(z=1.0)])


def write_foreign_warmup(directory: Path) -> None:
    log = PredictionLog()
    log.session_run_log.SetInParent()
    write_warmup(write_model(directory), [log.SerializeToString()])


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (Path.mkdir, "NOT_FOUND: Specified file path does not appear to contain a SavedModel"),
    "a file": (
        lambda path: path.write_text("x"),
        (
            "FAILED_PRECONDITION: Error while attempting to reserve resources to load servable "
            "{name: m version: 1}: "
        ),
    ),
    "a dangling link": (
        lambda path: path.symlink_to("/no/such"),
        (
            "NOT_FOUND: Error while attempting to reserve resources to load servable "
            "{name: m version: 1}: "
        ),
    ),
    "truncated": (write_truncated, "OUT_OF_RANGE: Read less bytes than requested"),
    "other tags": (write_tagged, "NOT_FOUND: Could not find meta graph def matching supplied tags"),
    "a foreign warm-up record": (
        write_foreign_warmup,
        "UNIMPLEMENTED: Unsupported log_type for warmup: 5",
    ),
    "warm-up": (write_bad_warmup, "INVALID_ARGUMENT: Signature input alias: x(feed name: given:0)"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_an_only_version_that_fails_ends_it(tmp_path: Path, case: str) -> None:
    break_it, error = BROKEN[case]
    base = tmp_path / "m"
    base.mkdir()
    break_it(base / "1")
    with EmbeddedServer(tmp_path, *one_model(base)) as server:
        assert server.ended() == 255
        assert (
            "Failed to start server. Error: UNKNOWN: 1 servable(s) did not become available: "
            f"{{{{{{name: m version: 1}} due to error: {error}"
        ) in server.log


def test_a_good_neighbour_is_unloaded_when_one_model_fails(tmp_path: Path) -> None:
    write_model(tmp_path / "good" / "1")
    (tmp_path / "bad" / "1").mkdir(parents=True)
    config = model_config(
        tmp_path,
        *(f'name: "{name}" base_path: "{tmp_path}/{name}"' for name in ("good", "bad")),
    )
    with EmbeddedServer(tmp_path, config, "--max_num_load_retries=0") as server:
        assert server.ended() == 255
        assert "Unload all remaining servables in the manager." in server.log
        assert "Done unloading servable version {name: good version: 1}" in server.log


@pytest.mark.parametrize(
    ("flag", "code", "text"),
    [
        ("--version", 0, "TensorFlow ModelServer: "),
        ("--help", 255, "usage: tensorflow_model_server"),
        ("--port=x", 255, "Couldn't interpret value x for flag port."),
    ],
)
def test_flags_that_only_say_something(tmp_path: Path, flag: str, code: int, text: str) -> None:
    with EmbeddedServer(tmp_path, flag) as server:
        assert server.ended() == code
        assert text in server.log
