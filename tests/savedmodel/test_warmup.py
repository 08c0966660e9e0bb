from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servegate.savedmodel.tensors import from_numpy
from servegate.savedmodel.tfrecord import BadRecord, read_records
from servegate.savedmodel.unreadable import Fault, Unreadable
from servegate.savedmodel.warmup import FILE, MAX_RECORDS, read_warmup
from tests.support.tinymodels import write_warmup


def log(signature: str = "", **inputs: object) -> bytes:
    from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

    message = PredictionLog()
    request = message.predict_log.request
    request.model_spec.name = "half"
    request.model_spec.signature_name = signature
    for name, value in inputs.items():
        request.inputs[name].CopyFrom(from_numpy(np.asarray(value)))
    data: bytes = message.SerializeToString()
    return data


def refused(directory: Path) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read_warmup(directory)
    return caught.value


def test_requests(tmp_path: Path) -> None:
    write_warmup(tmp_path, [log(x=[[1.0]]), log("other", text=["a", "b"], n=np.int64(3))])
    found = read_warmup(tmp_path)
    assert found is not None
    first, second = found.requests
    assert (first.record, first.model, first.signature) == (1, "half", "serving_default")
    assert first.inputs()["x"].tolist() == [[1.0]]
    assert second.signature == "other"
    assert second.inputs()["text"].tolist() == [b"a", b"b"]
    assert second.inputs()["n"].dtype == np.int64
    assert found.kinds == {"predict": 2}


def test_other_kinds_are_counted(tmp_path: Path) -> None:
    from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

    classify = PredictionLog()
    classify.classify_log.request.model_spec.name = "half"
    write_warmup(tmp_path, [classify.SerializeToString(), log(x=1), b""])
    found = read_warmup(tmp_path)
    assert found is not None
    assert found.kinds == {"classify": 1, "predict": 1, "nothing": 1}
    assert found.records == 3


def test_none(tmp_path: Path) -> None:
    assert read_warmup(tmp_path) is None
    write_warmup(tmp_path, [])
    assert read_warmup(tmp_path) is None


def test_corrupt_files(tmp_path: Path) -> None:
    path = write_warmup(tmp_path, [log(x=1), log(x=2)])
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    assert "cut short in record 2" in refused(tmp_path).sentence
    path.write_bytes(whole[:5])
    assert "cut short in record 1" in refused(tmp_path).sentence
    path.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
    assert "length of record 1" in refused(tmp_path).sentence
    path.write_bytes(whole[:20] + bytes([whole[20] ^ 1]) + whole[21:])
    assert "record 1 fails its checksum" in refused(tmp_path).sentence
    write_warmup(tmp_path, [b"\xff\xff"])
    assert "not a PredictionLog" in refused(tmp_path).sentence


def test_more_than_tf_serving_accepts(tmp_path: Path) -> None:
    write_warmup(tmp_path, [b""] * MAX_RECORDS)
    found = read_warmup(tmp_path)
    assert found is not None
    assert found.records == MAX_RECORDS
    write_warmup(tmp_path, [b""] * (MAX_RECORDS + 1))
    assert "more than the 1000" in refused(tmp_path).sentence


def test_a_tensor_that_is_none(tmp_path: Path) -> None:
    from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

    message = PredictionLog.FromString(log(x=[1.0, 2.0]))
    message.predict_log.request.inputs["x"].tensor_shape.dim[0].size = 10**12
    write_warmup(tmp_path, [message.SerializeToString()])
    found = read_warmup(tmp_path)
    assert found is not None
    with pytest.raises(Unreadable, match="record 1, 'x'") as caught:
        found.requests[0].inputs()
    assert caught.value.file == FILE


def test_a_pointer(tmp_path: Path) -> None:
    write_warmup(tmp_path, []).write_text("version https://git-lfs.github.com/spec/v1\n")
    assert refused(tmp_path).fault is Fault.POINTER


@given(st.binary(max_size=100))
def test_garbage(data: bytes) -> None:
    try:
        assert list(read_records(data)) == []
    except BadRecord:
        return
