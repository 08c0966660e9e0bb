"""Pydantic's errors as sentences: what is wrong, at which key, and the nearest valid one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from servegate.config.places import Place
from servegate.config.schema import Config, Section
from servegate.config.words import described, shown
from servegate.wording import listed, nearest

_EXPECTED = {
    "string_type": "text",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "model_type": "a mapping",
    "float_type": "a number",
    "greater_than_equal": "0 or more",
    "finite_number": "a finite number",
}
_KEY = "[key]"


def complaints(error: ValidationError) -> Iterator[tuple[Place, str]]:
    """The place and the sentence of every mistake in a configuration."""
    for detail in error.errors(include_url=False):
        place = tuple(one for one in detail["loc"] if one != _KEY)
        yield place, _sentence(place, detail)


def written(place: Place) -> str:
    """A place as people write it: `models[0].path`."""
    parts = (
        f"[{one}]" if isinstance(one, int) else f".{shown(one, quotes=False)}" for one in place
    )
    return "".join(parts).removeprefix(".") or "the configuration"


def _sentence(place: Place, detail: ErrorDetails) -> str:
    kind, value = detail["type"], detail["input"]
    match kind:
        case "extra_forbidden":
            return _unknown_key(place)
        case "missing":
            return f"{written(place)} is missing"
        case "enum":
            return f"{written(place)} {_not_a_choice(detail['ctx']['expected'], value)}"
        case "value_error":
            return f"{written(place)} {detail['ctx']['error']}"
    expected = _EXPECTED.get(kind)
    if expected is None:
        return f"{written(place)}: {detail['msg']}"
    return f"{written(place)} must be {expected}, not {described(value)}"


def _not_a_choice(choices: str, value: object) -> str:
    known = choices.replace("'", "").split(" or ")
    near = nearest(value[:100], known) if isinstance(value, str) else ""
    return f"must be {choices}, not {described(value)}{near}"


def _unknown_key(place: Place) -> str:
    section = _section_at(place[:-1])
    key = str(place[-1])
    if key in section.later:
        return f"{written(place)} is not supported yet by this version"
    keys = [field.alias or name for name, field in section.model_fields.items()]
    where = written(place[:-1]) if place[:-1] else "servegate.yml"
    near = nearest(key[:100], keys) or f"; its keys are {listed(keys, most=len(keys))}"
    return f"{where} has no key {shown(key)}{near}"


def _section_at(place: Place) -> type[Section]:
    section: type[Section] = Config
    for part in place:
        field = next(
            (one for name, one in section.model_fields.items() if part in {name, one.alias}), None
        )
        section = (field and _section_within(field.annotation)) or section
    return section


def _section_within(annotation: object) -> type[Section] | None:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    found = (_section_within(one) for one in get_args(annotation))
    return next((one for one in found if one), None)
