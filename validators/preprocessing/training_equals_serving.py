"""The client's tensors against training's, example by example."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from servegate.casting import cast, named
from servegate.checks import Outcome, check
from servegate.comparison import Difference, difference, written
from servegate.facts.examples import CallableError, Example, Prepared
from servegate.facts.serving import Array, Tensors
from servegate.facts.settings import Settings
from servegate.findings import Finding, Remark
from servegate.providers import Broken, NotApplicable
from servegate.savedmodel.reader import SavedModel
from servegate.savedmodel.signatures import Signature
from servegate.wording import count, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Skew:
    """One example on which the two disagree. `tensor` is empty when names or errors differ."""

    example: int
    what: str
    training: str = ""
    serving: str = ""


@check(claims=("S01", "S05", "S06", "S07", "S10", "S11"))
def training_equals_serving(
    training: Prepared,
    serving: Prepared,
    examples: tuple[Example, ...],
    saved_model: SavedModel,
    settings: Settings,
) -> Outcome:
    """Clients send the tensors that training makes of the same example.

    What it checks:
        Both callables of `preprocessing:` on every raw example, in a process of their own; then
        tensor by tensor after both were cast to the signature's dtype: names, shapes, integers
        and strings exactly, floats within tolerance. Without `serving:` the raw example itself
        is what clients send; without `training:` the recorded `inputs` are what training made.

    Why it matters:
        A model that is fed other numbers than it was trained on answers with confidence, and
        the answer means nothing. No error is raised anywhere.

    Remedy:
        Let the client use training's own function, or mend the step that differs: the finding
        shows the first difference.
    """
    both = sorted(training.tensors.keys() & serving.tensors.keys())
    signature = _signature(saved_model, training, serving, both)
    compared = 0
    skews = []
    for number in both:
        left, right = training.tensors[number], serving.tensors[number]
        if isinstance(left, CallableError):
            continue  # what training itself refuses is nothing that a client must send
        compared += 1
        skew = _skew(number, left, right, signature, settings)
        if skew is not None:
            skews.append(skew)
    if not compared:
        raise Broken(f"{training.name} failed on every example.\n{_first_error(training)}")
    if skews:
        yield _finding(training, serving, skews, compared, examples)
    else:
        yield Remark(message=f"{count(compared, 'example')}: every tensor is equal.")


def _first_error(prepared: Prepared) -> str:
    errors = (one for one in prepared.tensors.values() if isinstance(one, CallableError))
    return next((one.text for one in errors), "")


def _signature(
    model: SavedModel, training: Prepared, serving: Prepared, numbers: Sequence[int]
) -> Signature | None:
    """The signature that training's tensors are for.

    Raises `NotApplicable` when only the client's tensors are for a signature: the graph then
    does the preprocessing itself, and no two tensors can be held side by side.
    """
    for_training = _nearest(model, training, numbers)
    if for_training is None and _nearest(model, serving, numbers) is not None:
        raise NotApplicable(
            f"The graph itself preprocesses what {serving.name} sends; {training.name} makes "
            "tensors of other names.",
            enable="record `outputs` for this version in the examples, so that answers decide",
        )
    return for_training


def _nearest(model: SavedModel, prepared: Prepared, numbers: Sequence[int]) -> Signature | None:
    for number in numbers:
        tensors = prepared.tensors[number]
        if not isinstance(tensors, CallableError):
            return named(model.signatures, tensors)
    return None


def _skew(
    number: int,
    training: Tensors,
    serving: Tensors | CallableError,
    signature: Signature | None,
    settings: Settings,
) -> _Skew | None:
    if isinstance(serving, CallableError):
        return _Skew(example=number, what="the client fails", serving=serving.text)
    training, serving = _with_names(training, signature), _with_names(serving, signature)
    missing = sorted(training.keys() - serving.keys())
    if missing:
        return _Skew(
            example=number,
            what=f"the client does not send {listed(missing)}",
            training=listed(sorted(training)),
            serving=listed(sorted(serving)) or "nothing",
        )
    for name in sorted(training):
        found = _difference(name, training[name], serving[name], signature, settings)
        if found is not None:
            return _tensor_skew(number, name, training[name], serving[name], found)
    return None


def _with_names(tensors: Tensors, signature: Signature | None) -> Tensors:
    """An array that the callable did not name is for the only input that there is."""
    if set(tensors) == {""} and signature is not None and len(signature.inputs) == 1:
        return {signature.inputs[0].name: tensors[""]}
    return tensors


def _difference(
    name: str, left: Array, right: Array, signature: Signature | None, settings: Settings
) -> Difference | None:
    spec = signature.input(name) if signature else None
    if spec is not None:
        left, right = cast(left, spec).array, cast(right, spec).array
    if left.ndim == right.ndim + 1 and left.shape[0] == 1:
        left = left[0]  # one of the two adds the batch axis itself
    elif right.ndim == left.ndim + 1 and right.shape[0] == 1:
        right = right[0]
    return difference(right, left, settings.tolerance)


def _tensor_skew(
    number: int, name: str, training: Array, serving: Array, found: Difference
) -> _Skew:
    if found.index is None:
        what = f"{name!r} has shape {list(serving.shape)}, training makes {list(training.shape)}"
    else:
        what = (
            f"{name!r}{list(found.index) if found.index else ''} is {found.left}, training makes "
            f"{found.right}; {found.differing} of {count(found.total, 'element')} differ"
        )
    return _Skew(
        example=number,
        what=what,
        training=f"{name} = {_shown(training)}",
        serving=f"{name} = {_shown(serving)}",
    )


def _shown(array: Array) -> str:
    flat = np.asarray(array).ravel()
    row = ", ".join(written(one) for one in flat[:8])
    return f"{array.dtype}{list(array.shape)} [{row}{', …' if flat.size > 8 else ''}]"


def _finding(
    training: Prepared,
    serving: Prepared,
    skews: Sequence[_Skew],
    compared: int,
    examples: Sequence[Example],
) -> Finding:
    first = skews[0]
    raw = next((_raw(one) for one in examples if one.number == first.example and one.has_raw), "")
    return Finding(
        message=f"Clients do not send what training makes: {serving.name} differs from "
        f"{training.name} on {len(skews)} of {count(compared, 'example')}. Example "
        f"{first.example}: {first.what}.",
        expected=f"{training.name}: {first.training}",
        observed=f"{serving.name}: {first.serving}",
        remedy=f"Let the client use {training.name}, or mend the step in which it differs."
        + (f" Example {first.example} is {raw}." if raw else ""),
        location=serving.location or training.location,
        evidence={"examples": list(_numbers(skews)), "raw": raw},
    )


def _numbers(skews: Sequence[_Skew]) -> Iterator[int]:
    return (one.example for one in skews[:100])


def _raw(example: Example) -> str:
    text = repr(example.raw)
    return text if len(text) <= 200 else f"{text[:199]}…"
