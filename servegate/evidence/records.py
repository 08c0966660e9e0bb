"""What a string input may be asked beside words: serialised examples, and images.

The features of a `tf.Example` stand in the graph: in the nodes that parse it, and in the constants
that these read. Source: `REGISTER_OP("ParseExample")` and its relatives in
tensorflow/core/ops/parsing_ops.cc.
"""

from __future__ import annotations

import base64
import math
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from servegate.evidence.vocabulary import Words
from servegate.savedmodel.dtypes import dtype_name
from servegate.savedmodel.protos import Example, NodeDef
from servegate.savedmodel.reader import SavedModel
from servegate.savedmodel.tensors import BadTensor, to_numpy

_ROWS = 16
_MAX_VALUES = 2**16
_MAX_FEATURES = 2000
_SCALES = (1.0, 1.0, 10.0, 100.0)
_INTEGERS = (2, 10, 100)
_SIDES = (32, 224, 28)

# Every one of them reads PNG. Source: tensorflow/core/kernels/image/decode_image_op.cc.
_IMAGE_OPS = frozenset({"DecodeJpeg", "DecodePng", "DecodeImage", "DecodeBmp", "DecodeGif"})

Scope = Mapping[str, NodeDef]
"""The nodes of the main graph, or of one function, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One feature of a `tf.Example`: its dtype ("float32", "int64", "string"), values a row."""

    name: str
    dtype: str
    values: int


def string_records(model: SavedModel, words: Sequence[Words]) -> tuple[Words, ...]:
    """The kinds of records that the graph reads from strings; none where it reads none."""
    kinds = []
    if found := features(model):
        kinds.append(_examples(found, words))
    ops = model.ops()
    if _IMAGE_OPS & ops.keys():
        kinds += [_images(side, encoded="DecodeBase64" in ops) for side in _SIDES]
    return tuple(kinds)


def features(model: SavedModel) -> tuple[Feature, ...]:
    """The features that any parser in the graph reads, by name."""
    graph = model.meta_graph.graph_def
    scopes = [graph.node, *(one.node_def for one in graph.library.function)]
    found: dict[str, Feature] = {}
    for nodes in scopes:
        scope = {node.name: node for node in nodes}
        for node in nodes:
            for feature in _of_node(node, scope):
                if len(found) < _MAX_FEATURES:
                    found.setdefault(feature.name, feature)
    return tuple(found[name] for name in sorted(found))


def _of_node(node: NodeDef, scope: Scope) -> Iterator[Feature]:
    read = {
        "ParseExample": _keys_one_by_one,
        "ParseExampleV2": _keys_in_vectors,
        "ParseSingleExample": _keys_in_attributes,
    }.get(node.op)
    if read is None:
        return
    sparse, dense = read(node, scope)
    yield from _features(sparse, node.attr["sparse_types"].list.type, ())
    shapes = [[dim.size for dim in shape.dim] for shape in node.attr["dense_shapes"].list.shape]
    yield from _features(dense, node.attr["Tdense"].list.type, shapes)


def _features(
    names: Sequence[bytes], dtypes: Iterable[int], shapes: Sequence[Sequence[int]]
) -> Iterator[Feature]:
    for place, (name, dtype) in enumerate(zip(names, dtypes, strict=False)):
        shape = shapes[place] if place < len(shapes) else (1,)
        values = math.prod(max(1, size) for size in shape)
        if values <= _MAX_VALUES:
            yield Feature(
                name=name.decode("utf-8", "replace"), dtype=dtype_name(dtype), values=values
            )


_Keys = tuple[list[bytes], list[bytes]]


def _keys_one_by_one(node: NodeDef, scope: Scope) -> _Keys:
    """Inputs: serialized, names, then a scalar for each key."""
    sparse, dense = node.attr["Nsparse"].i, node.attr["Ndense"].i
    keys = [_strings(name, scope) for name in node.input[2 : 2 + sparse + dense]]
    flat = [one[0] if one else b"" for one in keys]
    return flat[:sparse], flat[sparse:]


def _keys_in_vectors(node: NodeDef, scope: Scope) -> _Keys:
    """Inputs: serialized, names, sparse keys, dense keys, ragged keys."""
    if len(node.input) < 4:
        return [], []
    return _strings(node.input[2], scope), _strings(node.input[3], scope)


def _keys_in_attributes(node: NodeDef, scope: Scope) -> _Keys:
    del scope  # this op has its keys with it
    return list(node.attr["sparse_keys"].list.s), list(node.attr["dense_keys"].list.s)


def _strings(tensor: str, scope: Scope) -> list[bytes]:
    """The value of a constant, none where it is none."""
    node = scope.get(tensor.partition(":")[0])
    while node is not None and node.op == "Identity" and node.input:
        node = scope.get(node.input[0].partition(":")[0])
    if node is None or node.op != "Const":
        return []
    try:
        values = to_numpy(node.attr["value"].tensor).ravel().tolist()
    except BadTensor:
        return []
    return [one for one in values if isinstance(one, bytes)]


def _examples(found: Sequence[Feature], words: Sequence[Words]) -> Words:
    random = np.random.default_rng(0)
    return tuple(_example(found, words, row, random) for row in range(_ROWS))


def _example(
    found: Sequence[Feature], words: Sequence[Words], row: int, random: np.random.Generator
) -> bytes:
    example = Example()
    for feature in found:
        value = example.features.feature[feature.name]
        if feature.dtype == "string":
            value.bytes_list.value.extend(_word(words, random) for _ in range(feature.values))
        elif feature.dtype == "int64":
            below = _INTEGERS[row % len(_INTEGERS)]
            value.int64_list.value.extend(random.integers(0, below, feature.values).tolist())
        else:
            drawn = random.random(feature.values) * _SCALES[row % len(_SCALES)]
            value.float_list.value.extend(drawn.tolist())
    return example.SerializeToString(deterministic=True)


def _word(words: Sequence[Words], random: np.random.Generator) -> bytes:
    chosen = words[int(random.integers(len(words)))]
    return chosen[int(random.integers(len(chosen)))]


def _images(side: int, *, encoded: bool) -> Words:
    """PNGs of noise of many brightnesses; encoded as TensorFlow's `DecodeBase64` reads it."""
    random = np.random.default_rng(side)
    brightest = (256, 128, 32, 256, 200, 64)
    pictures = [_png(random.integers(0, high, (side, side, 3), np.uint8)) for high in brightest]
    return tuple(base64.urlsafe_b64encode(one) if encoded else one for one in pictures)


def _png(pixels: np.ndarray) -> bytes:
    """A PNG of 8-bit colours. Source: PNG specification, third edition, chapters 5 and 11."""
    height, width, _ = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)
