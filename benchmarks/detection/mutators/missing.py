"""Values that are not there, and times."""

from __future__ import annotations

from typing import Any

from benchmarks.detection import rows, teams
from benchmarks.detection.change import Change
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.registry import Effect, Part, mutator

_CHANGES = (Part.CODE, Part.EXAMPLES, Part.CONFIGURATION)

_FILLING = '''"""Numbers, and what stands for those that were not measured."""

USUAL = 3.5


def {function}(raw):
    return {{name: filled(value) for name, value in raw.items()}}


def filled(value):
    if isinstance(value, list):
        return [filled(one) for one in value]
    return {default} if value is None else value
'''


def _with_gaps(change: Change, default: str) -> None:
    raws = [
        rows.of_floats(row, lambda value: _without_first(value.tolist())) if number % 2 else row
        for number, row in enumerate(rows.numbers(change))
    ]
    teams.equip(
        change,
        training=_FILLING.format(function="encode", default="USUAL"),
        raws=raws,
        client=_FILLING.format(function="build", default=default),
    )


def _without_first(value: Any) -> Any:  # noqa: ANN401 - a nested list
    if not isinstance(value, list):
        return None
    return [_without_first(value[0]), *value[1:]]


@mutator("S10", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def missing_numbers_are_zero(change: Change) -> None:
    """The client sends 0 for what was not measured, training took what is usual."""
    _with_gaps(change, "0.0")


@missing_numbers_are_zero.twin(effect=Effect.FED_AS_TRAINED)
def missing_numbers_are_usual(change: Change) -> None:
    """The client sends what is usual for what was not measured, as a number of its own."""
    _with_gaps(change, "7 / 2")


@mutator("S10", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def missing_numbers_are_not_numbers(change: Change) -> None:
    """The client sends NaN for what was not measured, training took what is usual."""
    _with_gaps(change, "float('nan')")


@missing_numbers_are_not_numbers.twin(effect=Effect.FED_AS_TRAINED)
def missing_numbers_pass_through_nan(change: Change) -> None:
    """The client notes NaN for what was not measured, and sends what is usual."""
    _with_gaps(change, "(lambda noted: USUAL if noted != noted else noted)(float('nan'))")


_HOURS = '''"""The hour of the day in place of the first number."""

from datetime import datetime, timedelta, timezone

ZONE = timezone({zone})


def {function}(raw):
    hour = datetime.fromisoformat(raw["at"]).astimezone(ZONE).hour / 24
    return {{name: led(value, hour) for name, value in raw["row"].items()}}


def led(value, hour):
    if isinstance(value, list):
        return [led(value[0], hour), *value[1:]]
    return hour if isinstance(value, float) else value
'''


def _timed(change: Change, zone: str) -> None:
    raws = [
        {"at": f"2026-03-{day:02}T{5 + 2 * day:02}:30:00+00:00", "row": row}
        for day, row in enumerate(rows.numbers(change)[:8], 1)
    ]
    teams.equip(
        change,
        training=_HOURS.format(function="encode", zone="timedelta(0)"),
        raws=raws,
        client=_HOURS.format(function="build", zone=zone),
    )


@mutator("S12", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def hours_are_of_the_clients_time_zone(change: Change) -> None:
    """The client's hour is that of its own time zone, training's is that of Greenwich."""
    _timed(change, "timedelta(hours=5, minutes=30)")


@hours_are_of_the_clients_time_zone.twin(effect=Effect.FED_AS_TRAINED)
def hours_are_of_a_zone_without_difference(change: Change) -> None:
    """The client's hour is that of a zone that is Greenwich's by another name."""
    _timed(change, "timedelta(hours=0, minutes=0), 'WET'")


_DECIMALS = '''"""Numbers as people write them, with a decimal comma."""


def {function}(raw):
    return {{name: read(value) for name, value in raw.items()}}


def read(value):
    if isinstance(value, list):
        return [read(one) for one in value]
    return {reading} if isinstance(value, str) and "," in value else value
'''


def _written(change: Change, reading: str) -> None:
    if any(isinstance(one, str) for one in rows.numbers(change)[0].values()):
        raise DoesNotFit("it takes words too")
    raws = [
        rows.of_floats(row, lambda value: _with_comma(value.tolist()))
        for row in rows.numbers(change)
    ]
    training = _DECIMALS.format(function="encode", reading="float(value.replace(',', '.'))")
    client = _DECIMALS.format(function="build", reading=reading)
    teams.equip(change, training=training, raws=raws, client=client)


def _with_comma(value: Any) -> Any:  # noqa: ANN401 - a nested list
    if isinstance(value, list):
        return [_with_comma(one) for one in value]
    return f"{value:.3f}".replace(".", ",")


@mutator("S12", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def decimals_are_of_another_locale(change: Change) -> None:
    """The client takes the decimal comma for a separator of thousands."""
    _written(change, "float(value.replace(',', ''))")


@decimals_are_of_another_locale.twin(effect=Effect.FED_AS_TRAINED)
def decimals_are_read_in_two_parts(change: Change) -> None:
    """The client reads the whole number and the fraction apart."""
    _written(change, "float('.'.join(value.split(',')))")
