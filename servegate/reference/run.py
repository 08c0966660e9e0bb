"""Running a SavedModel directly: the gate's side of the worker."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from google.protobuf.message import DecodeError

from servegate.deadline import Deadline, DeadlineExceeded
from servegate.errors import CannotTell
from servegate.facts.probes import Probe
from servegate.facts.serving import Tensors
from servegate.isolation.environment import scrubbed
from servegate.isolation.process import Child, Command, Exit, Limits
from servegate.isolation.workspace import new_folder
from servegate.reference import exchange
from servegate.reference.outcome import Answered, NotLoaded, Outcome, Refused
from servegate.savedmodel.tensors import BadTensor, from_numpy, to_numpy

# isort: split
from tensorflow_serving.apis.predict_pb2 import PredictRequest, PredictResponse

WORKER = Path(__file__).with_name("worker.py")
TIMES = 2
FILE_BYTES = 2**30
"""The largest file that the worker may write."""

_REMEDY = (
    "The server has answered the same requests, so this is not held against the model. Run the "
    "gate where there is more memory and time, and report a crash with the text above."
)
_MEMORY = Path("/proc/meminfo")
_LEAST_MEMORY = 4 * 2**30
_TOLD = 2000  # characters of what the worker printed


def run_directly(
    directory: Path,
    probes: Sequence[Probe],
    *,
    tags: Sequence[str],
    workspace: Path,
    deadline: Deadline,
    memory_limit: int | None = None,
) -> Outcome:
    """Loads a version directory in a process of its own and asks it each probe `TIMES` times.

    The process gets no secrets, `memory_limit` bytes (None: as much as the machine has to spare),
    and, where the system allows that, no network and nothing to write to but a directory of its
    own. Raises `CannotTell` when it ended in the middle or was not done in time, and `Interrupted`.
    """
    folder = new_folder(workspace, "reference")
    _order(folder, directory, probes, tags)
    limits = Limits(
        memory=memory_limit or _to_spare(), file_size=FILE_BYTES, network=False, writable=folder
    )
    command = Command(
        argv=(sys.executable, "-I", str(WORKER), str(folder)),
        directory=folder,
        environment=scrubbed({"TMPDIR": str(folder)}),
        limits=limits,
    )
    with Child.start(command, folder=folder) as child:
        try:
            end = child.wait(deadline)
        except DeadlineExceeded as late:
            raise CannotTell(_late(folder, len(probes)), remedy=_REMEDY) from late
    if (folder / exchange.NOT_LOADED).exists():
        return NotLoaded(reason=exchange.text(folder / exchange.NOT_LOADED))
    if end.status:
        raise CannotTell(_died(folder, probes, end, child.output(_TOLD)), remedy=_REMEDY)
    return tuple(_outcome(folder, number) for number in range(len(probes)))


def _order(folder: Path, directory: Path, probes: Sequence[Probe], tags: Sequence[str]) -> None:
    for number, probe in enumerate(probes):
        request = PredictRequest()
        request.model_spec.signature_name = probe.signature
        for name, array in probe.inputs.items():
            request.inputs[name].CopyFrom(from_numpy(array))
        exchange.put(exchange.question(folder, number), request.SerializeToString())
    order = {
        "directory": str(directory.absolute()),
        "tags": list(tags),
        "questions": len(probes),
        "times": TIMES,
    }
    exchange.put(folder / exchange.ORDER, json.dumps(order).encode())


def _to_spare() -> int:
    """Bytes that the machine can give without taking them from others.

    The model is in the server's memory too, which is not to be the process that is killed. Below
    `_LEAST_MEMORY` nothing is gained: the limit counts what is reserved, and TensorFlow's threads
    reserve far more than they use.
    """
    try:
        lines = _MEMORY.read_text("ascii").splitlines()
        available = next(one for one in lines if one.startswith("MemAvailable:"))
        return max(_LEAST_MEMORY, int(available.split()[1]) * 1024)
    except (OSError, StopIteration, ValueError):  # a system other than Linux
        return _LEAST_MEMORY


def _outcome(folder: Path, number: int) -> Answered | Refused:
    outputs: list[Tensors] = []
    for time in range(TIMES):
        refused = exchange.refusal(folder, number, time)
        if refused.exists():
            return Refused(reason=exchange.text(refused))
        outputs.append(_read(exchange.answer(folder, number, time)))
    return Answered(outputs=tuple(outputs))


def _read(path: Path) -> Tensors:
    try:
        answer: Any = PredictResponse.FromString(path.read_bytes())
        return {name: to_numpy(proto) for name, proto in answer.outputs.items()}
    except (OSError, DecodeError, BadTensor) as error:
        raise CannotTell(
            f"What the SavedModel answered when it was run directly cannot be read: {error}."
        ) from error


def _late(folder: Path, questions: int) -> str:
    if not (folder / exchange.LOADED).exists():
        return "The SavedModel, run directly, was not loaded in time."
    done = sum(_is_done(folder, number, 0) for number in range(questions))
    return f"The SavedModel, run directly, had answered {done} of {questions} requests in time."


def _died(folder: Path, probes: Sequence[Probe], end: Exit, output: str) -> str:
    """What ended, and at what: the first question without an outcome was under way."""
    under_way = next(
        (
            f"at {probe.label} ({probe.signature!r})"
            for time in range(TIMES)
            for number, probe in enumerate(probes)
            if not _is_done(folder, number, time)
        ),
        "at its end",
    )
    where = under_way if (folder / exchange.LOADED).exists() else "while it was loaded"
    return (
        f"The process in which the SavedModel was run directly ended {where}: {end}.\n{output}"
    ).rstrip()


def _is_done(folder: Path, number: int, time: int) -> bool:
    return any(name(folder, number, time).exists() for name in (exchange.answer, exchange.refusal))
