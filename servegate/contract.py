"""What a version promises its clients, held against what the version before it promised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from servegate.savedmodel.signatures import Encoding, Shape, Signature, TensorSpec, shape_in_words


class Kind(StrEnum):
    """What became of a promise."""

    SIGNATURE_GONE = "signature gone"
    METHOD = "another method"
    INPUT_GONE = "input gone"
    INPUT_RENAMED = "input renamed"
    INPUT_REQUIRED = "input required"
    INPUT_DTYPE = "input of another dtype"
    INPUT_SHAPE = "input of another shape"
    OUTPUT_GONE = "output gone"
    OUTPUT_RENAMED = "output renamed"
    OUTPUT_DTYPE = "output of another dtype"
    OUTPUT_SHAPE = "output of another shape"


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """One promise that does not hold any more.

    `name` is the input's or output's in the version before, and the new one's for
    `INPUT_REQUIRED`; empty where the signature as a whole is meant. `before` and `after` are what
    changed of it, in words, empty where there is nothing; for what was renamed they are the names.
    """

    kind: Kind
    signature: str
    name: str = ""
    before: str = ""
    after: str = ""


def breaks(before: Iterable[Signature], after: Sequence[Signature]) -> Iterator[Break]:
    """What requests of the version before may meet, signature by signature.

    Not among them is what no client notices: further signatures and outputs, inputs with a
    default, dimensions that were opened. A shape of unknown rank promises nothing.
    """
    earlier = tuple(before)
    now = {one.name: one for one in after}
    names = {one.name for one in earlier}
    for signature in earlier:
        successor = now.get(signature.name)
        if successor is not None:
            yield from _within(signature, successor)
            continue
        alike = (one.name for one in after if one.name not in names and _alike(one, signature))
        yield Break(
            kind=Kind.SIGNATURE_GONE,
            signature=signature.name,
            before=signature.name,
            after=next(alike, ""),
        )


def additions(before: Sequence[Signature], after: Iterable[Signature]) -> Iterator[str]:
    """What is new and asks nothing of clients, in words."""
    then = {one.name: one for one in before}
    for signature in after:
        earlier = then.get(signature.name)
        if earlier is None:
            yield f"signature {signature.name!r}"
            continue
        optional = (one for one in signature.inputs if one.name in signature.defaults)
        yield from (
            f"optional input {one.name!r}" for one in optional if not earlier.input(one.name)
        )
        new = (one for one in signature.outputs if not earlier.output(one.name))
        yield from (f"output {one.name!r}" for one in new)


def _alike(one: Signature, other: Signature) -> bool:
    """Whether both take and give the same, whatever their own names are."""
    return _contents(one) == _contents(other)


def _contents(signature: Signature) -> tuple[object, ...]:
    return (
        signature.method,
        *((one.name, type_of(one)) for one in (*signature.inputs, *signature.outputs)),
    )


def type_of(spec: TensorSpec) -> str:
    """The dtype of the values; a reference is read as its value is."""
    dtype = spec.dtype.removesuffix("_ref")
    return dtype if spec.encoding is Encoding.DENSE else f"{spec.encoding} {dtype}"


def _within(before: Signature, after: Signature) -> Iterator[Break]:
    if before.method != after.method:
        yield Break(
            kind=Kind.METHOD, signature=before.name, before=before.method, after=after.method
        )
    yield from _of_inputs(before, after)
    yield from _of_outputs(before, after)


def _of_inputs(before: Signature, after: Signature) -> Iterator[Break]:
    gone = [one for one in before.inputs if after.input(one.name) is None]
    required = [one for one in after.inputs if _newly_required(one, before, after)]
    new = [one for one in required if before.input(one.name) is None]
    renamed = _renamed(gone, new)
    yield from _missing(before.name, gone, renamed, Kind.INPUT_RENAMED, Kind.INPUT_GONE)
    for spec in required:
        if spec.name not in renamed.values():
            yield Break(
                kind=Kind.INPUT_REQUIRED,
                signature=before.name,
                name=spec.name,
                before="" if spec in new else "could be left out",
                after=type_of(spec),
            )
    for spec in before.inputs:
        if (kept := after.input(spec.name)) is not None:
            yield from _retyped(before.name, spec, kept, Kind.INPUT_DTYPE)
            if narrower(spec.shape, kept.shape):
                yield _reshaped(before.name, spec, kept, Kind.INPUT_SHAPE)


def _newly_required(spec: TensorSpec, before: Signature, after: Signature) -> bool:
    was_required = before.input(spec.name) is not None and spec.name not in before.defaults
    return spec.name not in after.defaults and not was_required


def _of_outputs(before: Signature, after: Signature) -> Iterator[Break]:
    gone = [one for one in before.outputs if after.output(one.name) is None]
    new = [one for one in after.outputs if before.output(one.name) is None]
    renamed = _renamed(gone, new)
    yield from _missing(before.name, gone, renamed, Kind.OUTPUT_RENAMED, Kind.OUTPUT_GONE)
    for spec in before.outputs:
        if (kept := after.output(spec.name)) is not None:
            yield from _retyped(before.name, spec, kept, Kind.OUTPUT_DTYPE)
            if contradicts(spec.shape, kept.shape):
                yield _reshaped(before.name, spec, kept, Kind.OUTPUT_SHAPE)


def _renamed(gone: Sequence[TensorSpec], new: Sequence[TensorSpec]) -> dict[str, str]:
    """Old names to new ones: the only one that went for the only one that came, or like to like."""
    if len(gone) == len(new) == 1:
        return {gone[0].name: new[0].name}
    pairs = {}
    for spec in gone:
        heirs = [one for one in new if _same_kind(one, spec)]
        if len(heirs) == 1 and sum(_same_kind(heirs[0], one) for one in gone) == 1:
            pairs[spec.name] = heirs[0].name
    return pairs


def _same_kind(one: TensorSpec, other: TensorSpec) -> bool:
    return (type_of(one), one.shape) == (type_of(other), other.shape)


def _missing(
    signature: str,
    gone: Iterable[TensorSpec],
    renamed: dict[str, str],
    if_renamed: Kind,
    otherwise: Kind,
) -> Iterator[Break]:
    for spec in gone:
        heir = renamed.get(spec.name, "")
        yield Break(
            kind=if_renamed if heir else otherwise,
            signature=signature,
            name=spec.name,
            before=spec.name if heir else type_of(spec),
            after=heir,
        )


def _retyped(signature: str, before: TensorSpec, after: TensorSpec, kind: Kind) -> Iterator[Break]:
    one, other = type_of(before), type_of(after)
    if one != other:
        yield Break(kind=kind, signature=signature, name=before.name, before=one, after=other)


def _reshaped(signature: str, before: TensorSpec, after: TensorSpec, kind: Kind) -> Break:
    return Break(
        kind=kind,
        signature=signature,
        name=before.name,
        before=shape_in_words(before.shape),
        after=shape_in_words(after.shape),
    )


def narrower(before: Shape, after: Shape) -> bool:
    """Whether a shape forbids something that the one before allowed."""
    if before is None or after is None:
        return False
    return len(before) != len(after) or any(
        now is not None and now != then for then, now in zip(before, after, strict=True)
    )


def contradicts(before: Shape, after: Shape) -> bool:
    """Whether no tensor is of both shapes."""
    if before is None or after is None:
        return False
    return len(before) != len(after) or any(
        None not in (then, now) and now != then for then, now in zip(before, after, strict=True)
    )
