"""Warm-up files that keep a version from being loaded."""

from __future__ import annotations

import numpy as np

from benchmarks.detection.change import Change
from benchmarks.detection.editing.model import model
from benchmarks.detection.editing.surgery import FLOATS
from benchmarks.detection.editing.warmup import predict_log, write_warmup
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.registry import Effect, Part, mutator
from servegate.savedmodel.tensors import from_numpy
from servegate.savedmodel.warmup import FILE, MAX_RECORDS

_FILES = frozenset({Part.FILES})


def _request(change: Change, *, renamed: bool = False) -> bytes:
    """A request of ones, for models that take numbers alone."""
    if (change.new / FILE).exists():
        raise DoesNotFit("the model has a warm-up file of its own")
    with model(change.new) as served:
        signature = served.default
    inputs = {}
    for spec in signature.inputs:
        if spec.dtype not in FLOATS or spec.shape is None:
            raise DoesNotFit("an input that is no float of a known rank")
        shape = [size or 1 for size in spec.shape]
        name = f"{spec.name}_of_another_model" if renamed else spec.name
        inputs[name] = from_numpy(np.ones(shape, spec.dtype))
    return predict_log(signature.name, inputs)


@mutator("P11", changes=_FILES, effect=Effect.DOES_NOT_LOAD)
def the_warm_up_file_is_cut_short(change: Change) -> None:
    """A copy of the warm-up file was interrupted."""
    file = write_warmup(change.new, [_request(change)] * 2)
    file.write_bytes(file.read_bytes()[:-5])


@the_warm_up_file_is_cut_short.twin(effect=Effect.AS_BEFORE)
def the_warm_up_file_is_whole(change: Change) -> None:
    """The version has got a warm-up file of two requests."""
    write_warmup(change.new, [_request(change)] * 2)


@mutator("P11", changes=_FILES, effect=Effect.DOES_NOT_LOAD)
def the_warm_up_requests_are_another_model_s(change: Change) -> None:
    """The warm-up requests name inputs that the model does not have."""
    write_warmup(change.new, [_request(change, renamed=True)])


@the_warm_up_requests_are_another_model_s.twin(effect=Effect.AS_BEFORE)
def the_warm_up_request_fits(change: Change) -> None:
    """The warm-up request names the model's own inputs."""
    write_warmup(change.new, [_request(change)])


@mutator("P11", changes=_FILES, effect=Effect.DOES_NOT_LOAD)
def one_warm_up_request_too_many(change: Change) -> None:
    """The warm-up file holds one record more than TF Serving allows."""
    write_warmup(change.new, [_request(change)] * (MAX_RECORDS + 1))


@one_warm_up_request_too_many.twin(effect=Effect.AS_BEFORE)
def as_many_warm_up_requests_as_are_allowed(change: Change) -> None:
    """The warm-up file holds as many records as TF Serving allows."""
    write_warmup(change.new, [_request(change)] * MAX_RECORDS)
