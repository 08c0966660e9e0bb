"""When two tensors are the same: exactly for integers and strings, within noise for floats."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np

from servegate.facts.serving import Array, Tensors
from servegate.facts.settings import Tolerance

# Another batch size or another summation order moves healthy float32 answers by 1.8e-7 of their
# size (seen on three real models); these leave two orders of magnitude of room.
_RELATIVE = {2: 1e-2, 4: 2e-5, 8: 1e-9}
# Below this, two answers of one deaf model may differ; above it, something moved.
_NOISE = {2: 2e-3, 4: 1e-6, 8: 1e-13}
_TINY = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How two tensors differ: where first, how many elements, how far apart at most.

    `index` is None when the shapes differ. `left` and `right` are the first differing elements,
    written out; `largest` is the largest absolute difference (0 for what is not a number).
    """

    index: tuple[int, ...] | None
    left: str
    right: str
    differing: int
    total: int
    largest: float = 0.0

    def __str__(self) -> str:
        if self.index is None:
            return f"shape {self.left} against {self.right}"
        where = f" at {list(self.index)}" if self.index else ""
        return f"{self.left} against {self.right}{where} ({self.differing} of {self.total} differ)"


def default_tolerance(array: Array) -> Tolerance:
    """The noise that a healthy model may show in this dtype."""
    size = array.dtype.itemsize // (2 if array.dtype.kind == "c" else 1)
    return Tolerance(relative=_RELATIVE.get(size, _RELATIVE[2]), absolute=_TINY)


def noise(array: Array) -> Tolerance:
    """What summation order alone may move: far less than the default tolerance."""
    size = array.dtype.itemsize // (2 if array.dtype.kind == "c" else 1)
    return Tolerance(relative=_NOISE.get(size, _NOISE[2]), absolute=0.0)


def half_precision(_array: Array) -> Tolerance:
    """What a healthy model may lose once it computes in 16 bits, whatever it answers in."""
    return Tolerance(relative=_NOISE[2], absolute=_TINY)


def allowed(tolerance: Tolerance | None) -> Callable[[Array], Tolerance]:
    """The tolerance that somebody has set, for every tensor; None: the one of its dtype."""
    return default_tolerance if tolerance is None else lambda _array: tolerance


def difference(left: Array, right: Array, tolerance: Tolerance | None = None) -> Difference | None:
    """The difference between what is (`left`) and what is expected, None within tolerance.

    A float tolerance is relative to the range of the whole tensor, not of one element: a
    probability of 1e-9 beside one of 0.99 is noise. NaN equals NaN.
    """
    if left.shape != right.shape:
        return Difference(
            index=None,
            left=str(list(left.shape)),
            right=str(list(right.shape)),
            differing=max(left.size, right.size),
            total=max(left.size, right.size),
        )
    apart = _apart(left, right, tolerance)
    if not apart.any():
        return None
    index = tuple(int(axis) for axis in np.argwhere(apart)[0])
    return Difference(
        index=index,
        left=written(left[index]),
        right=written(right[index]),
        differing=int(apart.sum()),
        total=left.size,
        largest=_largest(left, right),
    )


def moved(
    before: Tensors,
    after: Tensors,
    tolerance: Callable[[Array], Tolerance] = noise,
    *,
    but: Collection[str] = (),
) -> tuple[str, ...]:
    """The outputs, `but` for some, that differ between two answers or are in one alone."""
    return tuple(
        name
        for name in sorted((before.keys() | after.keys()) - set(but))
        if name not in before
        or name not in after
        or difference(after[name], before[name], tolerance(before[name])) is not None
    )


def written(value: object) -> str:
    """One element, short enough for a sentence."""
    if isinstance(value, bytes):
        text = repr(value.decode("utf-8", "backslashreplace"))
        return text if len(text) <= 60 else f"{text[:57]}…'"
    if isinstance(value, np.floating | float):
        return f"{float(value):.7g}"
    return str(value)


def is_inexact(array: Array) -> bool:
    """Whether the dtype rounds."""
    return array.dtype.kind in "fc" or array.dtype.name == "bfloat16"


def is_finite(array: Array) -> bool:
    """Whether it holds no NaN and no infinity; what is not rounded never does."""
    return not is_inexact(array) or bool(np.isfinite(array).all())


def _apart(left: Array, right: Array, tolerance: Tolerance | None) -> np.ndarray:
    if not (is_inexact(left) or is_inexact(right)):
        return np.asarray(left != right, dtype=bool)
    margins = allowed(tolerance)(left if is_inexact(left) else right)
    one, other = _wide(left), _wide(right)
    finite = np.abs(other[np.isfinite(other)])
    margin = margins.absolute + margins.relative * (float(finite.max()) if finite.size else 0.0)
    with np.errstate(invalid="ignore"):
        near = np.abs(one - other) <= margin
    same = (one == other) | (np.isnan(one) & np.isnan(other))
    return np.asarray(~(near | same), dtype=bool)


def _wide(array: Array) -> np.ndarray:
    kind = np.complex128 if array.dtype.kind == "c" else np.float64
    return np.asarray(array).astype(kind)


def _largest(left: Array, right: Array) -> float:
    if left.dtype.kind in "OSU" or right.dtype.kind in "OSU":
        return 0.0
    with np.errstate(invalid="ignore"):
        apart = np.abs(_wide(left) - _wide(right))
    finite = apart[np.isfinite(apart)]
    return float(finite.max()) if finite.size else 0.0
