"""A loaded SavedModel: its session, and the signatures by which it may be asked."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from servegate.embedded import tensors
from servegate.embedded.libtensorflow import Buffer, Output, buffer_of, checked, library
from servegate.embedded.status import Code, StatusError, invalid_argument
from servegate.savedmodel.protos import MetaGraphDef, SignatureDef, TensorProto


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOptions:
    """How sessions are made: the tags of the MetaGraph, and a serialized `ConfigProto`."""

    tags: tuple[str, ...]
    config: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A value for a tensor of the graph, and the name by which the request knows it."""

    tensor: str
    value: TensorProto
    alias: str


class Session(Protocol):
    """A SavedModel in memory. `run` may be called from several threads, `close` after the last."""

    @property
    def signatures(self) -> Mapping[str, SignatureDef]:
        """The signatures by name."""

    def run(
        self,
        feeds: Iterable[Feed],
        fetches: Sequence[str],
        *,
        run_options: bytes = b"",
    ) -> list[TensorProto]:
        """Runs the graph and answers with the values of `fetches`, which are names of tensors.

        `run_options` is a serialized `RunOptions`. Raises `StatusError` with what TensorFlow says.
        """

    def close(self) -> None:
        """Releases the model's memory; the session must not be used any more."""


class DirectSession:
    """A session of TensorFlow's own. Made by `load_session`."""

    def __init__(self, handle: int, graph: int, signatures: Mapping[str, SignatureDef]) -> None:
        self._handle = handle
        self._graph = graph
        self.signatures: Mapping[str, SignatureDef] = signatures

    def run(
        self,
        feeds: Iterable[Feed],
        fetches: Sequence[str],
        *,
        run_options: bytes = b"",
    ) -> list[TensorProto]:
        """See `Session.run`."""
        c = library()
        with ExitStack() as stack:
            fed: list[Output] = []
            values: list[int] = []
            for feed in feeds:
                values.append(tensor_of(feed))
                stack.callback(c.TF_DeleteTensor, values[-1])
                missing = "FeedInputs: unable to find feed output {}"
                fed.append(self._endpoint(feed.tensor, missing))
            fetched = [self._endpoint(name, "FetchOutputs node {}: not found") for name in fetches]
            outputs = (ctypes.c_void_p * len(fetched))()
            options = stack.enter_context(buffer_of(run_options)) if run_options else None
            with checked() as status:
                c.TF_SessionRun(
                    self._handle,
                    options,
                    (Output * len(fed))(*fed),
                    (ctypes.c_void_p * len(values))(*values),
                    len(values),
                    (Output * len(fetched))(*fetched),
                    outputs,
                    len(fetched),
                    None,
                    0,
                    None,
                    status,
                )
            return _take(outputs)

    def close(self) -> None:
        """See `Session.close`."""
        c = library()
        try:
            with checked() as status:
                c.TF_CloseSession(self._handle, status)
        finally:
            with checked() as status:
                c.TF_DeleteSession(self._handle, status)
            c.TF_DeleteGraph(self._graph)

    def _endpoint(self, name: str, missing: str) -> Output:
        node, colon, digits = name.rpartition(":")
        if not colon or not digits.isascii() or not digits.isdigit():
            node, digits = name, "0"
        c = library()
        operation = c.TF_GraphOperationByName(self._graph, node.encode("utf-8"))
        if not operation or int(digits) >= c.TF_OperationNumOutputs(operation):
            raise StatusError(Code.NOT_FOUND, missing.format(name))
        return Output(operation, int(digits))


def load_session(directory: Path, options: SessionOptions) -> DirectSession:
    """Loads a SavedModel as TF Serving does: variables, assets, init op.

    Raises `StatusError` with TensorFlow's reason.
    """
    c = library()
    tags = [tag.encode("utf-8", "surrogateescape") for tag in options.tags]
    graph = c.TF_NewGraph()
    with ExitStack() as stack:
        meta_graph = c.TF_NewBuffer()
        stack.callback(c.TF_DeleteBuffer, meta_graph)
        session_options = c.TF_NewSessionOptions()
        stack.callback(c.TF_DeleteSessionOptions, session_options)
        undo = stack.enter_context(ExitStack())
        undo.callback(c.TF_DeleteGraph, graph)
        with checked() as status:
            c.TF_SetConfig(session_options, options.config, len(options.config), status)
        with checked() as status:
            handle = c.TF_LoadSessionFromSavedModel(
                session_options,
                None,
                os.fsencode(directory),
                (ctypes.c_char_p * len(tags))(*tags),
                len(tags),
                graph,
                meta_graph,
                status,
            )
        undo.pop_all()
        return DirectSession(handle, graph, _signatures(meta_graph.contents))


def tensor_of(feed: Feed) -> int:
    """A new `TF_Tensor`, the caller's to delete. Raises `StatusError` for a value that is none."""
    try:
        return tensors.from_proto(feed.value)
    except StatusError as error:
        raise invalid_argument(f"tensor parsing error: {feed.alias}") from error


def _signatures(buffer: Buffer) -> Mapping[str, SignatureDef]:
    # The graph is by far the largest part of the message, and it is not kept.
    message = MetaGraphDef.FromString(ctypes.string_at(buffer.data, buffer.length))
    return dict(message.signature_def)


def _take(outputs: ctypes.Array[ctypes.c_void_p]) -> list[TensorProto]:
    """The messages for tensors that a run returned, which are deleted."""
    c = library()
    taken = list(outputs)
    try:
        return [tensors.to_proto(tensor) for tensor in taken]
    finally:
        for tensor in taken:
            c.TF_DeleteTensor(tensor)
