"""Warm-up files that no server replays to their end."""

from __future__ import annotations

import gzip

from servegate.savedmodel.protos import TensorProto
from tests.support.scenes import BASE_PATH, Scene, advisory
from tests.support.tinymodels import tensor_proto, write_warmup

_FILE = f"{BASE_PATH}/2/assets.extra/tf_serving_warmup_requests"
_ONE = tensor_proto([[1.0]], "float32")


def _log(name: str = "x", value: TensorProto = _ONE, *, signature: str = "") -> bytes:
    from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

    log = PredictionLog()
    log.predict_log.request.model_spec.name = "prices"
    log.predict_log.request.model_spec.signature_name = signature
    log.predict_log.request.inputs[name].CopyFrom(value)
    return bytes(log.SerializeToString())


def mutant_p11_cut_short(scene: Scene) -> str:
    scene.released("1")
    warm_up = write_warmup(scene.model("2"), [_log()])
    warm_up.write_bytes(warm_up.read_bytes()[:-5])
    return f"{_FILE} cannot be replayed: it is cut short in record 1"


def mutant_p11_compressed(scene: Scene) -> str:
    scene.released("1")
    warm_up = write_warmup(scene.model("2"), [_log()])
    warm_up.write_bytes(gzip.compress(warm_up.read_bytes()))
    return "it is compressed"


def mutant_p11_input_of_another_model(scene: Scene) -> str:
    scene.released("1")
    write_warmup(scene.model("2"), [_log(), _log("area")])
    return "record 2 has 'area', which 'serving_default' does not take"


def mutant_p11_numbers_of_another_dtype(scene: Scene) -> str:
    scene.released("1")
    write_warmup(scene.model("2"), [_log(value=tensor_proto([[1]], "int32"))])
    return "record 1 has 'x' as int32"


def mutant_p11_signature_of_another_model(scene: Scene) -> str:
    scene.released("1")
    write_warmup(scene.model("2"), [_log(signature="scores")])
    return "record 1 asks the signature 'scores'"


def mutant_p11_more_records_than_are_allowed(scene: Scene) -> str:
    scene.released("1")
    write_warmup(scene.model("2"), [_log()] * 1001)
    return "more than the 1000 records"


def mutant_p11_kind_that_is_never_replayed(scene: Scene) -> str:
    from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

    log = PredictionLog()
    log.session_run_log.request.model_spec.name = "prices"
    scene.released("1")
    write_warmup(scene.model("2"), [_log(), bytes(log.SerializeToString())])
    return "record 2 is a session run log"


@advisory
def mutant_p11_bad_file_that_production_does_not_replay(scene: Scene) -> str:
    scene.configure(serving={"flags": ["--enable_model_warmup=false"]})
    scene.released("1")
    write_warmup(scene.model("2"), [_log("area")])
    return "--enable_model_warmup=false in servegate.yml"


def twin_p11_fitting_records(scene: Scene) -> None:
    scene.released("1")
    write_warmup(scene.model("2"), [_log(), _log(signature="serving_default")])


def twin_p11_as_many_records_as_are_allowed(scene: Scene) -> None:
    scene.released("1")
    write_warmup(scene.model("2"), [_log()] * 1000)


def twin_p11_empty_file(scene: Scene) -> None:
    scene.released("1")
    write_warmup(scene.model("2"), [])


def twin_p11_good_file_that_production_does_not_replay(scene: Scene) -> None:
    scene.configure(serving={"flags": ["--enable_model_warmup=false"]})
    scene.released("1")
    write_warmup(scene.model("2"), [_log()])
