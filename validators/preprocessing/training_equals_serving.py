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
from servegate.savedmodel.signatures import Signature, TensorSpec
from servegate.wording import count, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Skew:
    """One example on which the two disagree. `tensor` is empty when names or errors differ."""

    example: int
    what: str
    training: str = ""
    serving: str = ""


@check(claims=("S01", "S02", "S03", "S05", "S06", "S07", "S08", "S09", "S10", "S11"))
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
    made = _made_by_training(training, serving)
    signature = _signature(saved_model, training, serving, tuple(made))
    skews = [
        skew
        for number, left in made.items()
        if (skew := _skew(number, left, serving.tensors[number], signature, settings)) is not None
    ]
    if skews:
        yield _finding(training, serving, skews, len(made), examples)
    else:
        yield Remark(message=f"{count(len(made), 'example')}: every tensor is equal.")


def _made_by_training(training: Prepared, serving: Prepared) -> dict[int, Tensors]:
    """Training's tensors by example; what it refuses itself is nothing that a client must send.

    Raises `Broken` when it refuses every example.
    """
    both = sorted(training.tensors.keys() & serving.tensors.keys())
    if not both:
        raise NotApplicable(
            "whether clients send what training makes: no example is known both ways",
            enable="give the examples that have `inputs` their `raw` part too",
        )
    found = {number: training.tensors[number] for number in both}
    made = {number: one for number, one in found.items() if not isinstance(one, CallableError)}
    first = found[both[0]]
    if not made and isinstance(first, CallableError):
        raise Broken(
            f"{training.name} failed on every example. Example {both[0]}:\n{first.text}",
            remedy="Run it on the same example in the project's own environment.",
        )
    return made


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
        spec = signature.input(name) if signature else None
        skew = _of_tensor(number, name, training[name], serving[name], spec, settings)
        if skew is not None:
            return skew
    return None


def _with_names(tensors: Tensors, signature: Signature | None) -> Tensors:
    """An array that the callable did not name is for the only input that there is."""
    if set(tensors) == {""} and signature is not None and len(signature.inputs) == 1:
        return {signature.inputs[0].name: tensors[""]}
    return tensors


def _of_tensor(
    number: int,
    name: str,
    left: Array,
    right: Array,
    spec: TensorSpec | None,
    settings: Settings,
) -> _Skew | None:
    problem = ""
    if spec is not None:
        one, other = cast(left, spec), cast(right, spec)
        left, right = one.array, other.array
        problem = other.problem if not one.problem else ""
    if problem:
        return _Skew(
            example=number,
            what=f"the client sends what the signature does not take: {problem}",
            training=f"{name} = {_shown(left)}",
            serving=f"{name} = {_shown(right)}",
        )
    found = difference(*_same_rank(right, left), settings.tolerance)
    return None if found is None else _tensor_skew(number, name, left, right, found)


def _same_rank(one: Array, other: Array) -> tuple[Array, Array]:
    """One of the two may add the batch axis itself."""
    if one.ndim == other.ndim + 1 and one.shape[0] == 1:
        return np.asarray(one[0]), other
    if other.ndim == one.ndim + 1 and other.shape[0] == 1:
        return one, np.asarray(other[0])
    return one, other


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
