"""Inputs made from a signature alone, over many orders of magnitude.

What they may prove is little: a healthy model may refuse them all. Several variants are therefore
offered, each with another guess at what the signature leaves open.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from servegate.evidence.vocabulary import Words
from servegate.facts.probes import Probe, Provenance
from servegate.facts.serving import Array
from servegate.savedmodel.signatures import Encoding, Signature, TensorSpec

# Sizes of rows: the first are those that most models are trained on, the last imitate raw data.
_SCALES = (1.0, 1.0, 1.0, 0.1, 10.0, 1.0, 0.01, 100.0, 10.0, 1.0, 0.0, 1e3, 1e-4, 1e4, 1e6, 1e-6)
_MODERATE = 100.0
_MAX_ROW_BYTES = 2**24
_MAX_BYTES = 2**25


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What a variant takes for open dimensions, for the largest integer, and for open ranks.

    `trailing` are the dimensions after the batch axis; None takes an open rank for a scalar.
    """

    dimension: int
    integers: int
    trailing: tuple[int, ...] | None


GUESSES = (
    Guess(dimension=8, integers=9, trailing=()),
    Guess(dimension=8, integers=1, trailing=(1,)),
    Guess(dimension=8, integers=9, trailing=None),
    Guess(dimension=1, integers=9, trailing=()),
    Guess(dimension=32, integers=99, trailing=()),
    Guess(dimension=96, integers=255, trailing=()),
)


def can_be_asked(signature: Signature) -> bool:
    """Whether a request can carry all inputs, and there are any."""
    return bool(signature.inputs) and all(
        spec.encoding is Encoding.DENSE and spec.numpy_dtype is not None
        for spec in signature.inputs
    )


def variants(
    signature: Signature, words: Sequence[Words], records: Sequence[Words] = ()
) -> Iterator[tuple[Probe, ...]]:
    """One group of probes a guess; guesses that come to the same are made once.

    Strings are taken from the lists of `words`, and before that, in groups of their own, from each
    kind of `records` (serialised examples, images) that the graph seems to read.
    """
    texts = any(_is_string(spec) for spec in signature.inputs)
    number = 0
    for kind in records if texts else ():
        for probes in _variants(signature, (kind,), GUESSES[:1], number):
            number += 1
            yield probes
    yield from _variants(signature, words, GUESSES, number)


def _variants(
    signature: Signature, words: Sequence[Words], guesses: Sequence[Guess], first: int
) -> Iterator[tuple[Probe, ...]]:
    seen = set()
    for number, guess in enumerate(guesses, first):
        shapes = tuple(_shape(spec, guess) for spec in signature.inputs)
        size = sum(math.prod(shape) * 8 for shape in shapes)
        if size > _MAX_ROW_BYTES:
            continue
        integers = any(_is_integer(spec) for spec in signature.inputs)
        key = (shapes, guess.integers if integers else 0)
        if key not in seen:
            seen.add(key)
            yield _group(signature, shapes, guess, words, number, size)


def _shape(spec: TensorSpec, guess: Guess) -> tuple[int, ...]:
    """The shape of one row, with its batch axis first."""
    if spec.shape is None:
        return () if guess.trailing is None else (1, *guess.trailing)
    if not spec.shape:
        return ()
    first = 1 if spec.shape[0] is None else spec.shape[0]
    rest = (guess.dimension if one is None else one for one in spec.shape[1:])
    return (first, *rest)


def _is_integer(spec: TensorSpec) -> bool:
    dtype = spec.numpy_dtype
    return dtype is not None and dtype.kind in "iu"


def _is_string(spec: TensorSpec) -> bool:
    dtype = spec.numpy_dtype
    return dtype is not None and dtype.kind == "O"


def _group(
    signature: Signature,
    shapes: Sequence[tuple[int, ...]],
    guess: Guess,
    words: Sequence[Words],
    number: int,
    size: int,
) -> tuple[Probe, ...]:
    random = np.random.default_rng(number)
    rows = max(2, min(len(_SCALES), _MAX_BYTES // max(1, size)))
    return tuple(
        Probe(
            label=f"made-up input {number + 1}.{row + 1}",
            signature=signature.name,
            inputs={
                spec.name: _values(spec, shape, guess, words, row, random)
                for spec, shape in zip(signature.inputs, shapes, strict=True)
            },
            provenance=Provenance.SYNTHESISED,
            moderate=abs(_SCALES[row]) <= _MODERATE,
        )
        for row in range(rows)
    )


def _values(
    spec: TensorSpec,
    shape: tuple[int, ...],
    guess: Guess,
    words: Sequence[Words],
    row: int,
    random: np.random.Generator,
) -> Array:
    dtype = spec.numpy_dtype
    if dtype is None:
        raise ValueError(f"{spec.name!r} cannot be part of a request")
    if dtype.kind == "O":
        array: Array = np.empty(shape, dtype=object)
        for index in np.ndindex(*shape):
            chosen = words[int(random.integers(len(words)))]
            array[index] = chosen[int(random.integers(len(chosen)))]
        return array
    if dtype.kind == "b":
        return np.asarray(random.integers(0, 2, shape), dtype=dtype)
    if dtype.kind in "iu":
        high = min(guess.integers, int(np.iinfo(dtype.name).max))
        return np.asarray(random.integers(0, high + 1, shape), dtype=dtype)
    drawn = random.random(shape) if row % 2 == 0 else random.standard_normal(shape)
    with np.errstate(over="ignore"):
        return np.asarray(drawn * _SCALES[row]).astype(dtype)
