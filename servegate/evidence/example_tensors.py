"""The examples' tensors, held against the candidate's signatures."""

from __future__ import annotations

from collections.abc import Sequence

from servegate.casting import cast, named, with_batch_axis
from servegate.evidence.saved_model import HOPELESS
from servegate.facts.examples import CallableError, Example, Fitted, FittedExamples, Prepared
from servegate.facts.probes import Probe, Provenance
from servegate.facts.serving import Array, Tensors
from servegate.providers import Absent, Blocked, Later, Stage, provides
from servegate.savedmodel.reader import SavedModel
from servegate.savedmodel.signatures import Signature, TensorSpec
from servegate.wording import listed, nearest


@provides(stage=Stage.PREPROCESSING, blocked_by=HOPELESS)
def example_tensors(
    examples: tuple[Example, ...],
    training: Later[Prepared],
    serving: Later[Prepared],
    saved_model: SavedModel,
) -> FittedExamples:
    """Training's tensors where they are known, else what clients send.

    When only what clients send has the names of a signature, the graph preprocesses: then it is
    this that is held against it.
    """
    prepared = _best(training, serving, saved_model)
    fitted = tuple(
        fit(example, tensors, saved_model.signatures)
        for example in examples
        if not isinstance(tensors := prepared.tensors.get(example.number), CallableError | None)
    )
    if not fitted:
        raise Blocked(
            f"{prepared.name} failed on every example",
            by="preprocessing/training-equals-serving",
        )
    return FittedExamples(
        source=f"what {prepared.name} makes" if ":" in prepared.name else prepared.name,
        location=prepared.location,
        fitted=fitted,
    )


def _best(training: Later[Prepared], serving: Later[Prepared], model: SavedModel) -> Prepared:
    try:
        first = training()
    except Absent:
        return serving()
    if _takes(model, first):
        return first
    try:
        second = serving()
    except Absent:
        return first
    return second if _takes(model, second) else first


def _takes(model: SavedModel, prepared: Prepared) -> bool:
    return any(
        named(model.signatures, tensors) is not None
        for tensors in prepared.tensors.values()
        if not isinstance(tensors, CallableError)
    )


def fit(example: Example, tensors: Tensors, signatures: Sequence[Signature]) -> Fitted:
    """One example's tensors, held against the signature whose input names they have."""
    signature = named(signatures, tensors)
    if signature is None:
        near = _most_alike(signatures, tensors)
        return Fitted(
            example=example,
            signature=near.name if near else "",
            probe=None,
            problems=_name_problems(near, tensors),
        )
    if set(tensors) == {""}:
        tensors = {signature.inputs[0].name: tensors[""]}
    inputs, fatal, problems = {}, False, []
    for spec in signature.inputs:
        if spec.name not in tensors:
            continue  # it has a default
        made = cast(tensors[spec.name], spec)
        inputs[spec.name] = with_batch_axis(made.array, spec)
        fatal = fatal or bool(made.problem)
        problems += [one for one in (made.problem, _shape_problem(inputs[spec.name], spec)) if one]
    probe = (
        None
        if fatal
        else Probe(
            label=f"example {example.number}",
            signature=signature.name,
            inputs=inputs,
            provenance=Provenance.EXAMPLE,
        )
    )
    return Fitted(example=example, signature=signature.name, probe=probe, problems=tuple(problems))


def _most_alike(signatures: Sequence[Signature], tensors: Tensors) -> Signature | None:
    def overlap(signature: Signature) -> tuple[int, bool]:
        common = {one.name for one in signature.inputs} & set(tensors)
        return len(common), signature.name == "serving_default"

    return max(signatures, key=overlap, default=None)


def _name_problems(signature: Signature | None, tensors: Tensors) -> tuple[str, ...]:
    if signature is None:
        return ("the model has no signature",)
    wanted = [one.name for one in signature.inputs]
    missing = [name for name in wanted if name not in tensors and name not in signature.defaults]
    given = [name for name in tensors if name]
    hint = nearest(missing[0], given) if missing else ""
    given_words = listed(given) or "one unnamed tensor"
    return (f"the signature takes {listed(wanted)}; {given_words} is given{hint}",)


def _shape_problem(array: Array, spec: TensorSpec) -> str:
    if spec.shape is None:
        return ""
    fits = array.ndim == len(spec.shape) and all(
        wanted in (None, size) for wanted, size in zip(spec.shape[1:], array.shape[1:], strict=True)
    )
    if fits:
        return ""
    shape = ", ".join("?" if one is None else str(one) for one in spec.shape)
    return f"{spec.name!r} has shape [{shape}] in the signature, and {list(array.shape)} is given"
