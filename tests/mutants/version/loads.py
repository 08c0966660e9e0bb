"""Versions that a server cannot load."""

from __future__ import annotations

from pathlib import Path

from benchmarks.detection.editing.model import model
from benchmarks.detection.editing.surgery import at_start, shapes, types
from servegate.savedmodel.protos import TensorProto
from tests.support.checkpoints import write_linear_model
from tests.support.scenes import BASE_PATH, Scene, column
from tests.support.tinymodels import (
    Graph,
    Signature,
    tensor_proto,
    write_model,
    write_saved_model,
    write_warmup,
)

_SHARD = "variables/variables.data-00000-of-00001"


def _with_flipped_bit(directory: Path) -> None:
    """Weights that are of the right size, and that their checksum gives away."""
    shard = write_linear_model(directory, weight=7.0) / _SHARD
    content = bytearray(shard.read_bytes())
    content[0] ^= 1
    shard.write_bytes(content)


def _with_op(directory: Path, op: str) -> Path:
    graph = Graph()
    given = graph.placeholder("given")
    answer = column(graph, op, "answer", given)
    signature = Signature(inputs={"x": given}, outputs={"y": answer})
    return write_saved_model(directory, graph, [signature])


def _write_pausing(directory: Path, *, seconds: float) -> None:
    """Loading it runs an initialiser that sleeps."""
    write_model(directory)
    kinds = {"output_types": types("int64"), "output_shapes": shapes(())}
    with model(directory) as served:
        nothing = served.constant(0, "int64")
        one = served.node(
            "TensorDataset", nothing, Toutput_types=types("int64"), output_shapes=shapes(())
        )
        pause = served.constant(int(seconds * 1e6), "int64")
        slow = served.node("SleepDataset", one, pause, **kinds)
        at_start(served, served.node("DatasetToSingleElement", slow, **kinds))


def _predict_log(name: str, value: TensorProto) -> bytes:
    from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

    log = PredictionLog()
    log.predict_log.request.model_spec.name = "prices"
    log.predict_log.request.inputs[name].CopyFrom(value)
    return bytes(log.SerializeToString())


def mutant_v18_all_versions_and_the_newest_fails(scene: Scene) -> str:
    scene.production("all { }")
    scene.released("1")
    _with_flipped_bit(scene.version("2"))
    return f"{BASE_PATH}/2"


def mutant_v18_latest_two_and_the_newest_fails(scene: Scene) -> str:
    scene.production("latest { num_versions: 2 }")
    scene.released("1")
    _with_flipped_bit(scene.version("2"))
    return "Version 2"


def mutant_p03_flipped_bit(scene: Scene) -> str:
    scene.released("1")
    _with_flipped_bit(scene.version("2"))
    return "Checksum does not match"


def twin_p03_weights_that_are_whole(scene: Scene) -> None:
    scene.released("1")
    write_linear_model(scene.version("2"), weight=7.0)


def twin_v18_all_versions(scene: Scene) -> None:
    scene.production("all { }")
    scene.released("1")
    write_linear_model(scene.version("2"), weight=7.0)


def mutant_r01_loads_beyond_what_production_waits(scene: Scene) -> str:
    scene.configure(serving={"load_timeout": "10s"})
    scene.released("1")
    _write_pausing(scene.version("2"), seconds=600)
    return "did not become AVAILABLE in time"


def twin_r01_loads_within_what_production_waits(scene: Scene) -> None:
    scene.configure(serving={"load_timeout": "100s"})
    scene.released("1")
    _write_pausing(scene.version("2"), seconds=0.1)


def mutant_p09_custom_op(scene: Scene) -> str:
    scene.released("1")
    _with_op(scene.version("2"), "RankPricesV2")
    return "RankPricesV2"


def twin_p09_registered_op(scene: Scene) -> None:
    scene.released("1")
    _with_op(scene.version("2"), "Softplus")


def mutant_p11_cut_short(scene: Scene) -> str:
    scene.released("1")
    record = _predict_log("x", tensor_proto([[1.0]], "float32"))
    warm_up = write_warmup(scene.model("2"), [record])
    warm_up.write_bytes(warm_up.read_bytes()[:-5])
    return "tf_serving_warmup_requests"


def mutant_p11_input_of_another_model(scene: Scene) -> str:
    scene.released("1")
    record = _predict_log("area", tensor_proto([[1.0]], "float32"))
    write_warmup(scene.model("2"), [record])
    return "area"


def mutant_p11_more_records_than_are_allowed(scene: Scene) -> str:
    scene.released("1")
    record = _predict_log("x", tensor_proto([[1.0]], "float32"))
    write_warmup(scene.model("2"), [record] * 1001)
    return "1000"


def twin_p11_fitting_records(scene: Scene) -> None:
    scene.released("1")
    record = _predict_log("x", tensor_proto([[1.0]], "float32"))
    write_warmup(scene.model("2"), [record, record])
