from __future__ import annotations

import pytest

from servegate.checks import Outcome
from servegate.facts.weights import Weights
from servegate.findings import Severity
from servegate.graph.restoring import Wanted
from servegate.providers import NotApplicable
from servegate.savedmodel.bundle import Bundle, Entry
from servegate.savedmodel.shards import Values
from tests.support.evidence import FIRST_VERSION, candidate, finding, findings, later, remarks
from validators.input_sensitivity.weights_were_restored import weights_were_restored

_VARIES = Values(first=0.5, constant=False, finite=True, numbers=True)


def _always(number: float) -> Values:
    return Values(first=number, constant=True, finite=True, numbers=True)


def _weights(
    shapes: dict[str, tuple[int, ...]],
    values: dict[str, Values],
    *,
    needed: tuple[str, ...] | None = None,
    overwritten: tuple[str, ...] = (),
) -> Weights:
    entries = tuple(
        Entry(name=name, dtype="float32", shape=shape, shard=0, offset=0, size=8, crc32c=0)
        for name, shape in shapes.items()
    )
    wanted = tuple(
        Wanted(name=one, dtype="float32", slice="", node="r", variable=one) for one in shapes
    )
    return Weights(
        present=True,
        needed=tuple(shapes) if needed is None else needed,
        bundle=Bundle(shards=1, big_endian=False, entries=entries),
        wanted=wanted,
        values=values,
        overwritten=overwritten,
    )


def _check(
    held: Weights, before: Weights | None = None, values: dict[str, Values] | None = None
) -> Outcome:
    return weights_were_restored(
        candidate(),
        held,
        later(before or FIRST_VERSION),
        later(FIRST_VERSION if values is None else values),
    )


_TWO = {"kernel": (3, 2), "embedding": (10, 4), "bias": (2,)}


def test_one_tensor_that_varies_is_enough() -> None:
    held = _weights(_TWO, {"kernel": _always(0), "embedding": _VARIES, "bias": _always(0)})
    assert remarks(_check(held)) == ["2 tensors of rank two and more looked at."]


def test_none_varies() -> None:
    held = _weights(_TWO, {"kernel": _always(0), "embedding": _always(1), "bias": _VARIES})
    found = finding(_check(held))
    assert found.severity is None
    assert "kernel is 0 throughout" in found.message
    assert "bias" not in found.message


def test_none_varies_in_the_base_version_either() -> None:
    held = _weights({"kernel": (3, 2)}, {"kernel": _always(0.1)})
    assert finding(_check(held, values={"kernel": _always(0.2)})).severity is Severity.ADVISORY
    assert finding(_check(held, values={"kernel": _VARIES})).severity is None


def test_weights_that_no_signature_uses_do_not_count() -> None:
    values = {"kernel": _always(0), "embedding": _VARIES, "bias": _VARIES}
    assert findings(_check(_weights(_TWO, values, needed=("kernel",))))


@pytest.mark.parametrize("shape", [(), (5,), (1, 1)])
def test_what_cannot_vary_is_not_asked_to(shape: tuple[int, ...]) -> None:
    with pytest.raises(NotApplicable):
        list(_check(_weights({"w": shape}, {"w": _always(0)})))


def test_one_tensor_without_a_number() -> None:
    nothing = Values(first=float("nan"), constant=True, finite=False, numbers=False)
    held = _weights(_TWO, {"kernel": nothing, "embedding": _VARIES, "bias": _VARIES})
    found = finding(_check(held))
    assert "kernel holds no number at all" in found.message
    assert found.severity is None


def test_variables_that_are_written_twice() -> None:
    values = {"kernel": _VARIES, "embedding": _VARIES, "bias": _VARIES}
    held = _weights(_TWO, values, needed=("embedding", "bias"), overwritten=("kernel",))
    assert finding(_check(held)).severity is None
    assert finding(_check(held, before=held)).severity is Severity.ADVISORY


_NORM = {"kernel": (3, 2), "n/moving_mean": (2,), "n/moving_variance": (2,)}
_INITIAL = {"kernel": _VARIES, "n/moving_mean": _always(0), "n/moving_variance": _always(1)}
_MOVED = {"kernel": _VARIES, "n/moving_mean": _VARIES, "n/moving_variance": _VARIES}


@pytest.mark.parametrize(
    ("before", "severity"),
    [
        (_MOVED, None),
        (_INITIAL, Severity.ADVISORY),
        ({"kernel": _VARIES}, Severity.ADVISORY),
        (None, Severity.ADVISORY),
    ],
)
def test_statistics_that_never_moved(
    before: dict[str, Values] | None, severity: Severity | None
) -> None:
    found = finding(_check(_weights(_NORM, _INITIAL), values=before))
    assert "mean 0 and variance 1" in found.message
    assert found.severity is severity


def test_statistics_of_one_layer_that_never_moved() -> None:
    values = _INITIAL | {"n/moving_mean": _VARIES}
    assert not findings(_check(_weights(_NORM, values), values=_MOVED))
