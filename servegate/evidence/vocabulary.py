"""The words that a model knows: its assets' lines and the string constants of its graph.

Random text looks dead to a model with a vocabulary: every word of it is out of vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterator

from servegate.savedmodel.content import read_file
from servegate.savedmodel.protos import DataType, NodeDef
from servegate.savedmodel.reader import SavedModel
from servegate.savedmodel.tensors import BadTensor, to_numpy
from servegate.savedmodel.unreadable import Unreadable

Words = tuple[bytes, ...]

PLAIN: Words = (b"", b"0", b"1", b"true", b"a", b"the", b"yes", b"good morning", b"2020-01-01")

_MAX_LISTS = 64
_MAX_WORDS = 2000
_MAX_LENGTH = 100
_MAX_ASSET = 2**26
_STRING = DataType.Value("DT_STRING")


def word_lists(model: SavedModel) -> tuple[Words, ...]:
    """Every vocabulary of the model, and the plain words that are always tried."""
    found: dict[Words, None] = {PLAIN: None}
    for words in (*_from_assets(model), *_from_constants(model)):
        if len(found) >= _MAX_LISTS:
            break
        if words:
            found[words] = None
    return tuple(found)


def _from_assets(model: SavedModel) -> Iterator[Words]:
    for asset in model.assets:
        try:
            content = read_file(model.directory, f"assets/{asset.filename}", limit=_MAX_ASSET)
        except Unreadable:
            continue
        if b"\0" not in content[:1024]:
            lines = (line.partition(b"\t")[0] for line in content.splitlines()[:_MAX_WORDS])
            yield _usable(lines)


def _from_constants(model: SavedModel) -> Iterator[Words]:
    for node in _nodes(model):
        if node.op != "Const" or node.attr["dtype"].type != _STRING:
            continue
        # The saver's constants are names of variables and files.
        if node.name.startswith("save") or node.name.startswith("RestoreV2"):
            continue
        try:
            yield _usable(to_numpy(node.attr["value"].tensor).ravel().tolist())
        except BadTensor:
            continue


def _nodes(model: SavedModel) -> Iterator[NodeDef]:
    graph = model.meta_graph.graph_def
    yield from graph.node
    for function in graph.library.function:
        yield from function.node_def


def _usable(words: Iterator[bytes] | list[bytes]) -> Words:
    return tuple(
        word for word, _ in zip(words, range(_MAX_WORDS), strict=False) if len(word) <= _MAX_LENGTH
    )
