"""Tables of words in the graph that mean something else than in training."""

from __future__ import annotations

import numpy as np

from benchmarks.detection.change import Change
from benchmarks.detection.editing.model import model
from benchmarks.detection.editing.tables import (
    Array,
    Table,
    assign,
    defaults,
    lookup_tables,
    reorder,
    value,
)
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.registry import Effect, Part, mutator
from servegate.savedmodel.protos import NodeDef

_NOBODY = b"a word that nobody says"


@mutator("S02", changes={Part.MODEL}, effect=Effect.OTHERWISE)
def words_have_one_anothers_numbers(change: Change) -> None:
    """The words of the graph's tables were sorted anew, and their numbers were not."""
    with model(change.new) as served:
        for table in lookup_tables(served):
            reorder(table.keys)


@words_have_one_anothers_numbers.twin(effect=Effect.AS_BEFORE)
def words_and_their_numbers_are_sorted_anew(change: Change) -> None:
    """The words of the graph's tables were sorted anew, together with their numbers."""
    with model(change.new) as served:
        for table in lookup_tables(served):
            reorder(table.keys)
            reorder(table.values)


@mutator("S02", changes={Part.MODEL}, effect=Effect.OTHERWISE)
def words_are_off_by_one(change: Change) -> None:
    """A header line became the first word: every word has the number of the one before it."""
    with model(change.new) as served:
        for table in lookup_tables(served):
            words = _words(table)
            header = np.array([b"word"], dtype=object)
            assign(table.keys, np.concatenate([header, words[:-1]]))


@words_are_off_by_one.twin(effect=Effect.AS_BEFORE)
def a_word_is_added_at_the_end(change: Change) -> None:
    """The tables know one word more, which has the number of an unknown one."""
    with model(change.new) as served:
        for table in lookup_tables(served):
            _add_word(table)


def _add_word(table: Table) -> None:
    numbers = value(table.values)
    assign(table.keys, np.concatenate([_words(table), np.array([_NOBODY], dtype=object)]))
    assign(table.values, np.concatenate([numbers, numbers[-1:]]))


def _words(table: Table) -> Array:
    words = value(table.keys)
    if words.dtype != object:
        raise DoesNotFit("the keys of its tables are no words")
    return words


@mutator("S03", changes={Part.MODEL}, effect=Effect.OTHERWISE)
def every_word_is_unknown(change: Change) -> None:
    """The tables were filled from a file with carriage returns, which no word that is asked has."""
    with model(change.new) as served:
        for table in lookup_tables(served):
            assign(table.keys, _each(_words(table), b"%b\r"))


def _each(words: Array, form: bytes) -> Array:
    return np.array([form % word for word in words.tolist()], dtype=object)


@every_word_is_unknown.twin(effect=Effect.AS_BEFORE)
def one_word_more_is_known(change: Change) -> None:
    """The tables were filled from a list with one word more, which nobody says."""
    with model(change.new) as served:
        for table in lookup_tables(served):
            _add_word(table)


@mutator("S03", changes={Part.MODEL}, effect=Effect.REFUSES_SOME)
def tables_are_never_filled(change: Change) -> None:
    """The loader no longer runs what fills the tables."""
    with model(change.new) as served:
        for table in lookup_tables(served):
            _do_nothing(table.filled_by)


def _do_nothing(node: NodeDef) -> None:
    """Has a node of any op do nothing; what waits for it still can."""
    del node.input[:]
    node.attr.clear()
    node.op = "NoOp"


@tables_are_never_filled.twin(effect=Effect.AS_BEFORE)
def tables_are_filled_in_another_order(change: Change) -> None:
    """The loader fills the tables with the same words in another order."""
    with model(change.new) as served:
        for table in lookup_tables(served):
            reorder(table.keys)
            reorder(table.values)


@mutator("S04", changes={Part.MODEL}, effect=Effect.ANSWERS)
def unknown_words_are_the_first_word(change: Change) -> None:
    """Words that a table does not know get the number of its first word."""
    with model(change.new) as served:
        first = {
            value(one.values).dtype: value(one.values).ravel()[0] for one in lookup_tables(served)
        }
        for default in defaults(served):
            before = value(default)
            if before.dtype in first:
                assign(default, np.full(before.shape, first[before.dtype], before.dtype))


@unknown_words_are_the_first_word.twin(effect=Effect.AS_BEFORE)
def a_word_nobody_says_is_the_first_word(change: Change) -> None:
    """The tables know a word that nobody says, by the number of another one."""
    with model(change.new) as served:
        for table in lookup_tables(served):
            _add_word(table)
