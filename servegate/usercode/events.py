"""Reading what the worker told: its result file to outcomes."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from servegate.facts.serving import Array
from servegate.findings import Location
from servegate.savedmodel.dtypes import numpy_dtype
from servegate.usercode.outcome import (
    CallableOutcome,
    ExampleResult,
    Failure,
    ImportFailed,
    Made,
    UserError,
    Value,
    WrongResult,
)

_Event: TypeAlias = Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class Heard:
    """What the worker has told of one callable so far.

    `example` is the one it was called with last, None before the first; `ended` is set when no
    more is to come.
    """

    name: str
    ended: bool = False
    example: int | None = None
    batched: bool = False
    location: Location | None = None
    failure: Failure | None = None
    results: dict[int, ExampleResult] = field(default_factory=dict)

    def take(self, event: _Event, repository: Path) -> None:
        """Takes in one event of this callable. Raises `ValueError` and the like for a bad one."""
        match event["event"]:
            case "imported":
                self.batched = event["batched"] is True
                self.location = _location(event["file"], event["line"], repository)
            case "not-imported":
                self.failure = ImportFailed(traceback=str(event["traceback"]))
                self.ended = True
            case "calling":
                self.example = int(event["example"])
            case "finished":
                self.ended = True
            case _:
                self._take_result(int(event["example"]), _result(event))

    def _take_result(self, example: int, result: ExampleResult) -> None:
        if example:
            self.results[example] = result
        elif not isinstance(result, Made):
            self.failure = result

    def outcome(self, failure: Failure | None) -> CallableOutcome:
        """The outcome, with what ended the process if that was before its end."""
        return CallableOutcome(
            name=self.name,
            results=self.results,
            failure=self.failure or failure,
            location=self.location,
            batched=self.batched,
        )


def read_events(file: Path) -> Iterator[_Event]:
    """The events in a result file, up to the first that is none (the last may be torn off)."""
    if not file.exists():
        return
    with file.open("rb") as lines:
        for line in lines:
            try:
                event = json.loads(line)
            except (ValueError, RecursionError):
                return
            if not isinstance(event, dict):
                return
            yield event


def _result(event: _Event) -> ExampleResult:
    match event["event"]:
        case "made":
            try:
                tensors = {str(name): _value(one) for name, one in event["tensors"].items()}
            except (TypeError, ValueError) as error:
                return WrongResult(what=f"something else: {error}", expected="tensors")
            return Made(tensors=tensors, named=event["named"] is True)
        case "raised":
            return UserError(traceback=str(event["traceback"]))
        case "wrong":
            return WrongResult(what=str(event["what"]), expected=str(event["expected"]))
        case unknown:
            raise ValueError(unknown)


def _value(tensor: _Event) -> Value:
    return Value(array=_array(tensor), python_native=tensor["native"] is True)


def _array(tensor: _Event) -> Array:
    shape = tuple(int(size) for size in tensor["shape"])
    dtype = numpy_dtype(tensor["dtype"])
    if dtype is None:
        raise ValueError(f"TensorFlow has no dtype {tensor['dtype']!r}")
    if dtype.hasobject:
        strings = np.empty(math.prod(shape), dtype=object)
        strings[:] = [base64.b64decode(one) for one in tensor["data"]]
        return strings.reshape(shape)
    return np.frombuffer(base64.b64decode(tensor["data"]), dtype).copy().reshape(shape)


def _location(file: str | None, line: int | None, repository: Path) -> Location | None:
    if not file:
        return None
    try:
        inside = Path(file).resolve().relative_to(repository.resolve())
    except (ValueError, OSError):
        return None
    return Location(file=inside.as_posix(), line=line)
