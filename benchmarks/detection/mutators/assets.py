"""Vocabularies beside the model that are not training's; the client reads them there."""

from __future__ import annotations

from pathlib import Path

from benchmarks.detection.change import Change
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.registry import Effect, Part, mutator
from benchmarks.detection.texts import own_client

_CHANGES = (Part.CODE, Part.EXAMPLES, Part.ASSETS)
_FILE = "assets/vocabulary.txt"


def _vocabulary(change: Change) -> Path:
    """The candidate's vocabulary, which the client reads from now on."""
    place = f"{change.origin.path}/{change.new.name}/{_FILE}"
    own_client(change, vocabulary=place)
    file = change.head.path / place
    if not file.is_file():
        raise DoesNotFit("its assets hold no vocabulary")
    return file


def _write(file: Path, lines: list[str]) -> None:
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")


@mutator("S02", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def an_asset_is_sorted(change: Change) -> None:
    """The exported vocabulary is sorted by length, training's is not."""
    file = _vocabulary(change)
    _write(file, sorted(file.read_text("utf-8").split(), key=len))


@an_asset_is_sorted.twin(effect=Effect.FED_AS_TRAINED)
def an_asset_is_on_one_line(change: Change) -> None:
    """The exported vocabulary has its words in training's order, all on one line."""
    file = _vocabulary(change)
    _write(file, [" ".join(file.read_text("utf-8").split())])


@mutator("S02", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def an_asset_lacks_its_first_word(change: Change) -> None:
    """The exported vocabulary lost its first line to a reader that expects a header."""
    file = _vocabulary(change)
    _write(file, file.read_text("utf-8").split()[1:])


@an_asset_lacks_its_first_word.twin(effect=Effect.FED_AS_TRAINED)
def an_asset_begins_with_an_empty_line(change: Change) -> None:
    """The exported vocabulary begins with an empty line, which its reader skips."""
    file = _vocabulary(change)
    _write(file, ["", *file.read_text("utf-8").split()])


@mutator("S02", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def an_asset_is_cut_short(change: Change) -> None:
    """The exported vocabulary ends in the middle."""
    file = _vocabulary(change)
    words = file.read_text("utf-8").split()
    _write(file, words[: len(words) // 2])


@an_asset_is_cut_short.twin(effect=Effect.FED_AS_TRAINED)
def an_asset_has_windows_line_ends(change: Change) -> None:
    """The exported vocabulary is whole, with carriage returns."""
    file = _vocabulary(change)
    _write(file, [f"{word}\r" for word in file.read_text("utf-8").split()])


@mutator("S03", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def an_asset_is_empty(change: Change) -> None:
    """The exported vocabulary is an empty file: every word is unknown."""
    _write(_vocabulary(change), [])


@an_asset_is_empty.twin(effect=Effect.FED_AS_TRAINED)
def an_asset_has_a_word_more(change: Change) -> None:
    """The exported vocabulary ends with a word that nobody says."""
    file = _vocabulary(change)
    _write(file, [*file.read_text("utf-8").split(), "nobodysaysso"])
