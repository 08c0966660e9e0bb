"""Runs a SavedModel directly in TensorFlow, for the gate; started by path, in a process of its own.

    python -I worker.py FOLDER

It loads and runs the model by the C API, as the embedded server does, and so as TF Serving does.
Between the session and the files there is nothing: no batching, no warm-up, no session
configuration. The questions are asked one after the other, and then all of them again: a model
that keeps state shows it. See `exchange` for the folder.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

# Isolated mode leaves this directory out of the path, and the gate is not installed.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from servegate.embedded.predict import predict
from servegate.embedded.session import Session, SessionOptions, load_session
from servegate.embedded.status import StatusError, from_exception
from servegate.reference import exchange

# isort: split
from tensorflow_serving.apis.predict_pb2 import PredictRequest, PredictResponse


def main(folder: Path) -> None:
    """Does what the order says. What the model refuses is written, and no failure."""
    order = json.loads((folder / exchange.ORDER).read_bytes())
    try:
        options = SessionOptions(tags=tuple(order["tags"]))
        session = load_session(Path(order["directory"]), options)
    except StatusError as error:
        exchange.put_text(folder / exchange.NOT_LOADED, str(error))
        return
    exchange.put(folder / exchange.LOADED, b"")
    for time in range(order["times"]):
        for number in range(order["questions"]):
            _answer(session, folder, number, time)


def _answer(session: Session, folder: Path, number: int, time: int) -> None:
    asked = PredictRequest.FromString(exchange.question(folder, number).read_bytes())
    try:
        outputs = predict(session, asked.model_spec.signature_name, asked.inputs)
        answer = PredictResponse(outputs=outputs).SerializeToString()
    except Exception as error:  # noqa: BLE001 - a model may fail in ways nobody foresaw
        exchange.put_text(exchange.refusal(folder, number, time), str(from_exception(error)))
    else:
        exchange.put(exchange.answer(folder, number, time), answer)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
