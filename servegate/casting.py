"""Arrays of a callable or a recording, in the dtype that a signature wants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from servegate.facts.serving import Array, Tensors
from servegate.savedmodel.signatures import Signature, TensorSpec

DEFAULT_SIGNATURE = "serving_default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """The array in the wanted dtype, or as it was with the `problem` that keeps it from that."""

    array: Array
    problem: str = ""


def cast(array: Array, spec: TensorSpec) -> Cast:
    """Casts as a client would: integers to floats, wide to narrow of one kind, text to bytes.

    Not cast are floats to integers, numbers to strings and integers that do not fit: a client
    that does this loses something, and TF Serving refuses it.
    """
    wanted = spec.numpy_dtype
    if wanted is None or (array.dtype == wanted and wanted.kind != "O"):
        return Cast(array=array)
    if wanted.kind == "O" or array.dtype.kind in "OSU":
        return _strings(array, spec, wanted)
    integers = "iu"
    if array.dtype.kind in integers and wanted.kind in integers:
        narrowed = array.astype(wanted)
        if bool((narrowed.astype(object) == array.astype(object)).all()):
            return Cast(array=narrowed)
        return Cast(array=array, problem=f"{spec.name!r} holds integers too large for {spec.dtype}")
    if array.dtype.kind in "fc" and wanted.kind in "iub":
        return Cast(array=array, problem=_mismatch(array, spec))
    if (array.dtype.kind == "b") != (wanted.kind == "b"):
        return Cast(array=array, problem=_mismatch(array, spec))
    with np.errstate(over="ignore", invalid="ignore"):
        return Cast(array=array.astype(wanted))


def _strings(array: Array, spec: TensorSpec, wanted: np.dtype[np.generic]) -> Cast:
    if wanted.kind != "O" or array.dtype.kind not in "OSU":
        return Cast(array=array, problem=_mismatch(array, spec))
    flat = [one.encode() if isinstance(one, str) else one for one in array.ravel().tolist()]
    if not all(isinstance(one, bytes) for one in flat):
        return Cast(array=array, problem=_mismatch(array, spec))
    made = np.empty(len(flat), dtype=object)
    made[:] = flat
    return Cast(array=made.reshape(array.shape))


def _mismatch(array: Array, spec: TensorSpec) -> str:
    kind = "strings" if array.dtype.kind in "OSU" else str(array.dtype)
    return f"{spec.name!r} is {spec.dtype} in the signature, and {kind} is given"


def with_batch_axis(array: Array, spec: TensorSpec) -> Array:
    """Examples are single rows; one that already has the signature's rank is sent as it is."""
    if spec.shape is not None and array.ndim == len(spec.shape):
        return array
    return np.expand_dims(array, 0)


def named(signatures: Iterable[Signature], tensors: Tensors) -> Signature | None:
    """The signature whose inputs bear these names, `serving_default` first; None without any.

    Inputs with a default may be missing, and more may be given than the signature takes. One
    array without a name is for any signature with one input.
    """
    ordered = sorted(signatures, key=lambda one: (one.name != DEFAULT_SIGNATURE, one.name))
    for exactly in (True, False):
        for signature in ordered:
            if _fits(signature, set(tensors), exactly=exactly):
                return signature
    return None


def _fits(signature: Signature, names: set[str], *, exactly: bool) -> bool:
    inputs = {one.name for one in signature.inputs}
    if names == {""}:
        return len(inputs) == 1
    required = inputs - set(signature.defaults)
    return bool(inputs) and (names == inputs if exactly else required <= names)
