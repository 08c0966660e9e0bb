"""A SavedModel, read from its version directory as TF Serving would find it."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.message import DecodeError

from servegate.savedmodel.content import read_file
from servegate.savedmodel.protos import AssetFileDef, MetaGraphDef
from servegate.savedmodel.protos import SavedModel as SavedModelProto
from servegate.savedmodel.signatures import Signature, read_signatures
from servegate.savedmodel.unreadable import Fault, Unreadable
from servegate.savedmodel.wire import is_cut_short

BINARY = "saved_model.pb"
TEXT = "saved_model.pbtxt"
CHUNKED = "saved_model.cpb"

MAX_BYTES = 2**31 - 1
"""Protocol buffers end here, for TF Serving as for us."""
MAX_TEXT_BYTES = 2**28
"""Text is parsed in Python, at about a megabyte a second; 256 MiB are no model but a mistake."""

SERVE = ("serve",)
_MAX_TAGS_SHOWN = 500
_FIELDS = frozenset({1, 2})  # of the SavedModel message
_LABEL_MAP = re.compile(rb"^\s*item\s*:?\s*\{", re.MULTILINE)  # TF Object Detection's
_EXPORT_AGAIN = "Export the model again and commit the file whole (binary, not merged as text)."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file of `assets/` that the graph reads when it is loaded."""

    filename: str
    tensor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedModel:
    """A SavedModel: the meta graph that is served, and what it says of itself.

    `file` is the one it was read from; `shadowed` the `.pbtxt` that TF Serving does not read
    because there is a `.pb` too. `tag_sets` are those of all meta graphs.

    `signatures` are those that clients may call; `initializers` what the loader runs.
    """

    directory: Path
    file: str
    shadowed: str | None
    meta_graph: MetaGraphDef
    tag_sets: tuple[tuple[str, ...], ...]
    signatures: tuple[Signature, ...]
    initializers: tuple[Signature, ...]
    assets: tuple[Asset, ...]
    tensorflow_version: str

    def signature(self, name: str) -> Signature | None:
        """The signature of this name."""
        return next((one for one in self.signatures if one.name == name), None)

    def ops(self) -> Mapping[str, int]:
        """How often each op stands in the graph and in its functions (calls are ops too)."""
        graph = self.meta_graph.graph_def
        counts = Counter(node.op for node in graph.node)
        for function in graph.library.function:
            counts.update(node.op for node in function.node_def)
        return counts


def read(directory: Path, *, within: Path | None = None, tags: Sequence[str] = SERVE) -> SavedModel:
    """Reads the SavedModel in a version directory. Raises `Unreadable`.

    `saved_model.pb` wins over `.pbtxt`, and the set of tags must be exactly `tags`, production's
    `--saved_model_tags`. Source: `ReadSavedModel` and `FindMetaGraphDef` in
    tensorflow/cc/saved_model/reader.cc. Links may lead anywhere inside `within`, which is the
    version directory itself when left out.
    """
    file = _file(directory)
    if file == TEXT:
        proto = _from_text(read_file(directory, TEXT, limit=MAX_TEXT_BYTES, within=within))
    else:
        proto = _from_binary(read_file(directory, BINARY, limit=MAX_BYTES, within=within))
    meta_graph = _serving(proto, file, tags)
    signatures = read_signatures(meta_graph.signature_def)
    return SavedModel(
        directory=directory,
        file=file,
        shadowed=TEXT if file == BINARY and (directory / TEXT).exists() else None,
        meta_graph=meta_graph,
        tag_sets=tuple(tuple(sorted(one.meta_info_def.tags)) for one in proto.meta_graphs),
        signatures=tuple(one for one in signatures if not one.run_by_the_loader),
        initializers=tuple(one for one in signatures if one.run_by_the_loader),
        assets=tuple(
            Asset(filename=one.filename, tensor=one.tensor_info.name)
            for one in _asset_definitions(meta_graph, file)
        ),
        tensorflow_version=meta_graph.meta_info_def.tensorflow_version,
    )


def _asset_definitions(meta_graph: MetaGraphDef, file: str) -> list[AssetFileDef]:
    """From the meta graph, or from where TensorFlow 1 put them.

    Source: `GetAssetFileDefs` in tensorflow/cc/saved_model/loader_util.cc.
    """
    if meta_graph.asset_file_def:
        return list(meta_graph.asset_file_def)
    definitions = []
    key = "saved_model_assets"
    if key not in meta_graph.collection_def:  # asking for it would add it
        return []
    for packed in meta_graph.collection_def[key].any_list.value:
        definition = AssetFileDef()
        try:
            definition.ParseFromString(packed.value)
        except DecodeError as error:
            what = "lists its assets in a way that cannot be read"
            raise Unreadable(file, what, _EXPORT_AGAIN, Fault.MALFORMED) from error
        definitions.append(definition)
    return definitions


def _file(directory: Path) -> str:
    """The file that TF Serving would read; `saved_model.pb` too when there is none at all."""
    present = {one for one in (BINARY, TEXT, CHUNKED) if os.path.lexists(directory / one)}
    if present == {CHUNKED}:
        raise Unreadable(
            CHUNKED,
            "is a SavedModel in chunks, which this gate does not read",
            "Export without splitting the message, so that there is a saved_model.pb.",
            Fault.MALFORMED,
        )
    return BINARY if BINARY in present or TEXT not in present else TEXT


def _from_binary(data: bytes) -> SavedModelProto:
    proto = SavedModelProto()
    try:
        proto.ParseFromString(data)
    except DecodeError as error:
        if is_cut_short(data, _FIELDS):
            what = f"is cut short after {len(data):,} bytes"
            raise Unreadable(BINARY, what, _EXPORT_AGAIN, Fault.TRUNCATED) from error
        what = "is not a SavedModel (its bytes are not the message that it should hold)"
        raise Unreadable(BINARY, what, _EXPORT_AGAIN, Fault.MALFORMED) from error
    return proto


def _from_text(data: bytes) -> SavedModelProto:
    from google.protobuf import text_format  # costs 20 ms, for a format that is rare

    proto = SavedModelProto()
    try:
        text_format.Parse(data.decode("utf-8"), proto)
    except (text_format.ParseError, UnicodeDecodeError, RecursionError) as error:
        if _LABEL_MAP.search(data):
            what = "is a label map and not a SavedModel"
            remedy = "Rename it: TF Serving takes a file of this name for a model."
        else:
            what = f"is not a SavedModel in text format ({_first_line(error)})"
            remedy = _EXPORT_AGAIN
        raise Unreadable(TEXT, what, remedy, Fault.MALFORMED) from error
    return proto


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def _serving(proto: SavedModelProto, file: str, tags: Sequence[str]) -> MetaGraphDef:
    """The meta graph with exactly these tags; the first one, as in TensorFlow."""
    if not proto.meta_graphs:
        what = "holds no graph at all, so it is not a SavedModel or only the beginning of one"
        raise Unreadable(file, what, _EXPORT_AGAIN, Fault.MALFORMED)
    for meta_graph in proto.meta_graphs:
        if set(meta_graph.meta_info_def.tags) == set(tags):
            return meta_graph
    there = ", ".join(tag_set(one.meta_info_def.tags) for one in proto.meta_graphs)
    raise Unreadable(
        file,
        f"has no meta graph tagged exactly {tag_set(tags)}; there is {there[:_MAX_TAGS_SHOWN]}",
        f"Export with the tag set {tag_set(tags)}, which is the one that the server loads.",
        Fault.TAGS,
    )


def tag_set(tags: Iterable[str]) -> str:
    """`{gpu, serve}`."""
    return f"{{{', '.join(sorted(set(tags)))}}}"
