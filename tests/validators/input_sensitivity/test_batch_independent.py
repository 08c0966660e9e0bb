from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import ArrayLike

from servegate.checks import Outcome
from servegate.facts.probes import Company, Repeat, Reply
from servegate.facts.reading import GraphReading
from servegate.findings import Severity
from servegate.providers import Absent, NotApplicable
from tests.support.evidence import (
    FIRST_VERSION,
    candidate,
    finding,
    findings,
    later,
    remarks,
    reply,
)
from tests.support.graph_text import reading_of
from validators.input_sensitivity.batch_independent import batch_independent

_NOTHING = GraphReading(dependences=())
_Answer = ArrayLike | Mapping[str, ArrayLike]


def _row(alone: _Answer, together: _Answer, elsewhere: _Answer | None = None) -> Company:
    return Company(
        alone=reply("example 1", 1.0, alone),
        together=reply("example 1", 1.0, together),
        elsewhere=reply("example 1", 1.0, together if elsewhere is None else elsewhere),
    )


def _check(
    *rows: Company,
    before: tuple[Company, ...] | Absent | None = None,
    repeats: tuple[Repeat, ...] = (),
    reading: GraphReading = _NOTHING,
    baseline_repeats: tuple[Repeat, ...] = (),
) -> Outcome:
    return batch_independent(
        candidate(),
        rows,
        repeats,
        reading,
        later((_row(0.5, 0.5),) if before is None else before),
        later(baseline_repeats),
    )


def test_alike() -> None:
    assert remarks(_check(_row(0.5, 0.5), _row(0.7, 0.7))) == [
        "2 rows asked alone and among others."
    ]


@pytest.mark.parametrize("second", [False, True])
def test_either_batch_counts(second: bool) -> None:  # noqa: FBT001
    row = _row(0.5, 0.5, 0.25) if second else _row(0.5, 0.25, 0.5)
    found = finding(_check(row))

    assert found.severity is None
    assert "output 'y' is 0.25 against 0.5" in found.message


def test_summation_order_is_no_difference() -> None:
    assert not findings(_check(_row(0.5, 0.5 * (1 + 1.8e-7))))


def test_small_rows_are_measured_by_the_size_of_the_output() -> None:
    assert not findings(_check(_row(1e-9, 3e-6), _row(1.0, 1.0)))
    assert findings(_check(_row(1e-9, 3e-6), _row(1e-6, 1e-6)))


def test_what_sixteen_bits_explain_informs() -> None:
    assert finding(_check(_row(0.5, 0.5005))).severity is Severity.ADVISORY


def test_the_base_version_does_so_too() -> None:
    found = finding(_check(_row(0.5, 0.25), before=(_row(0.5, 0.75),)))

    assert found.severity is Severity.ADVISORY
    assert found.message.endswith("The base version does so too.")


def test_another_output_of_the_base_version_does() -> None:
    before = _row({"y": 0.5, "z": 0.5}, {"y": 0.5, "z": 0.1})
    found = finding(_check(_row({"y": 0.5, "z": 0.5}, {"y": 0.1, "z": 0.1}), before=(before,)))

    assert found.severity is None
    assert "'y'" in found.message
    assert "'z'" not in found.message


def test_first_version() -> None:
    assert finding(_check(_row(0.5, 0.25), before=FIRST_VERSION)).severity is Severity.ADVISORY


def test_a_tie_of_classes_is_no_difference() -> None:
    tie = _row({"score": 0.5, "class": 1}, {"score": 0.5, "class": 2})
    assert not findings(_check(tie))


def test_one_class_alone_may_be_a_tie() -> None:
    before = (_row(1, 1),)
    assert finding(_check(_row(1, 2), before=before)).severity is Severity.ADVISORY
    assert finding(_check(_row(1, 2), _row(3, 4), before=before)).severity is None


def test_what_moves_by_itself_is_left_out() -> None:
    moving = Repeat(first=reply("example 1", 1.0, 0.5), second=reply("example 1", 1.0, 0.75))
    with pytest.raises(NotApplicable):
        list(_check(_row(0.5, 0.25), repeats=(moving,)))


def test_what_is_random_by_the_graph_is_left_out() -> None:
    reading = reading_of("x = Placeholder\nn = RandomUniform x\ny = AddV2 x n\n")
    with pytest.raises(NotApplicable):
        list(_check(_row(0.5, 0.25), reading=reading))


def test_a_lost_axis_is_a_difference() -> None:
    alone = Reply(probe=reply("example 1").probe, outputs={"y": np.array([0.5], np.float32)})
    batch = Reply(probe=alone.probe, outputs={"y": np.array([[0.5]], np.float32)})
    found = finding(_check(Company(alone=alone, together=batch, elsewhere=batch)))

    assert "shape [1, 1] against [1]" in found.message


@pytest.mark.parametrize(
    ("before", "severity"),
    [
        ((_row(0.5, 0.5),), None),
        (FIRST_VERSION, Severity.ADVISORY),
    ],
)
def test_refused_alone(before: tuple[Company, ...] | Absent, severity: Severity | None) -> None:
    told = reply("example 1", 1.0, 0.5)
    alone = reply("example 1", 1.0, refusal="INVALID_ARGUMENT: four rows, please")
    found = finding(_check(Company(alone=alone, together=told, elsewhere=told), before=before))

    assert "four rows, please" in found.message
    assert found.severity is severity


def test_nothing_was_asked() -> None:
    with pytest.raises(NotApplicable):
        list(_check())
