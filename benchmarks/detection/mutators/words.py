"""Words that the client writes otherwise than training does."""

from __future__ import annotations

import unicodedata

from benchmarks.detection import rows, teams
from benchmarks.detection.change import Change
from benchmarks.detection.registry import Effect, Part, mutator

_TEAM = (Part.CODE, Part.EXAMPLES, Part.CONFIGURATION)

_WORDS = '''"""Words as the model takes them."""

import unicodedata


def {function}(raw):
    return {{name: said(value) for name, value in raw.items()}}


def said(value):
    return {code} if isinstance(value, str) else value
'''


def _words(change: Change, training: str, client: str) -> None:
    """Every second example is in capitals and in another form of Unicode."""
    raws = [
        {name: _shouted(value) if number % 2 else value for name, value in row.items()}
        for number, row in enumerate(rows.words(change))
    ]
    teams.equip(
        change,
        training=_WORDS.format(function="encode", code=training),
        raws=raws,
        client=_WORDS.format(function="build", code=client),
    )


def _shouted(value: object) -> object:
    return (
        unicodedata.normalize("NFD", f"{value.upper()}\u00e9") if isinstance(value, str) else value
    )


_NORMAL = "unicodedata.normalize('NFC', value.lower())"


@mutator("S05", changes=_TEAM, effect=Effect.FED_OTHERWISE)
def words_keep_their_case(change: Change) -> None:
    """The client sends words as they were typed, training lower-cases them."""
    _words(change, _NORMAL, "unicodedata.normalize('NFC', value)")


@words_keep_their_case.twin(effect=Effect.FED_AS_TRAINED)
def words_lose_their_case_letter_by_letter(change: Change) -> None:
    """The client lower-cases words letter by letter."""
    _words(change, _NORMAL, "unicodedata.normalize('NFC', ''.join(map(str.lower, value)))")


@mutator("S05", changes=_TEAM, effect=Effect.FED_OTHERWISE)
def words_keep_their_unicode_form(change: Change) -> None:
    """The client sends letters and accents apart, training puts them together."""
    _words(change, _NORMAL, "value.lower()")


@words_keep_their_unicode_form.twin(effect=Effect.FED_AS_TRAINED)
def words_are_put_together_twice(change: Change) -> None:
    """The client takes letters and accents apart, and puts them together as training does."""
    apart = "unicodedata.normalize('NFD', value.lower())"
    _words(change, _NORMAL, f"unicodedata.normalize('NFC', {apart})")
