"""TensorFlow's C API (`tensorflow/c/c_api.h`), the part that serving a SavedModel needs.

TF Serving is C++ around the loader `tensorflow::LoadSavedModel` and `Session::Run`. The C API
exposes exactly these two, so a model is accepted, refused and answered by the same code as in
TF Serving: one without variables loads, and errors read the same. Python's own session loader
differs in all three. `import tensorflow` is not needed either, which saves seconds and
hundreds of megabytes at every start.

Calls release the interpreter's lock, so requests run in parallel.
"""

from __future__ import annotations

import ctypes
import functools
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import POINTER, c_char_p, c_int, c_int64, c_size_t, c_void_p
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from servegate.embedded.status import Code, StatusError

STRING_SIZE = 24
"""Bytes of a `TF_TString`, the element of a string tensor's buffer (`tf_tstring.h`)."""


class Buffer(ctypes.Structure):
    """`TF_Buffer`: bytes that someone else owns."""

    _fields_ = (("data", c_void_p), ("length", c_size_t), ("data_deallocator", c_void_p))


class Output(ctypes.Structure):
    """`TF_Output`: one output of an operation of the graph."""

    _fields_ = (("oper", c_void_p), ("index", c_int))


_DISABLE_XLA = "_ZN10tensorflow21DisableXlaCompilationEv"

_FUNCTIONS: dict[str, tuple[object, tuple[object, ...]]] = {
    "TF_Version": (c_char_p, ()),
    _DISABLE_XLA: (None, ()),
    "TF_NewStatus": (c_void_p, ()),
    "TF_DeleteStatus": (None, (c_void_p,)),
    "TF_GetCode": (c_int, (c_void_p,)),
    "TF_Message": (c_char_p, (c_void_p,)),
    "TF_NewBuffer": (POINTER(Buffer), ()),
    "TF_NewBufferFromString": (POINTER(Buffer), (c_char_p, c_size_t)),
    "TF_DeleteBuffer": (None, (POINTER(Buffer),)),
    "TF_NewSessionOptions": (c_void_p, ()),
    "TF_SetConfig": (None, (c_void_p, c_char_p, c_size_t, c_void_p)),
    "TF_DeleteSessionOptions": (None, (c_void_p,)),
    "TF_NewGraph": (c_void_p, ()),
    "TF_DeleteGraph": (None, (c_void_p,)),
    "TF_GraphOperationByName": (c_void_p, (c_void_p, c_char_p)),
    "TF_OperationNumOutputs": (c_int, (c_void_p,)),
    "TF_LoadSessionFromSavedModel": (
        c_void_p,
        (
            c_void_p,  # session options
            POINTER(Buffer),  # RunOptions
            c_char_p,  # directory
            POINTER(c_char_p),  # tags
            c_int,
            c_void_p,  # graph, to be filled
            POINTER(Buffer),  # MetaGraphDef, to be filled
            c_void_p,  # status
        ),
    ),
    "TF_CloseSession": (None, (c_void_p, c_void_p)),
    "TF_DeleteSession": (None, (c_void_p, c_void_p)),
    "TF_SessionRun": (
        None,
        (
            c_void_p,  # session
            POINTER(Buffer),  # RunOptions
            POINTER(Output),  # what is fed
            POINTER(c_void_p),
            c_int,
            POINTER(Output),  # what is fetched
            POINTER(c_void_p),
            c_int,
            POINTER(c_void_p),  # targets
            c_int,
            POINTER(Buffer),  # RunMetadata
            c_void_p,  # status
        ),
    ),
    "TF_AllocateTensor": (c_void_p, (c_int, POINTER(c_int64), c_int, c_size_t)),
    "TF_DeleteTensor": (None, (c_void_p,)),
    "TF_TensorFromProto": (None, (POINTER(Buffer), c_void_p, c_void_p)),
    "TF_TensorType": (c_int, (c_void_p,)),
    "TF_NumDims": (c_int, (c_void_p,)),
    "TF_Dim": (c_int64, (c_void_p, c_int)),
    "TF_TensorByteSize": (c_size_t, (c_void_p,)),
    "TF_TensorData": (c_void_p, (c_void_p,)),
    "TF_StringGetDataPointer": (c_void_p, (c_void_p,)),
    "TF_StringGetSize": (c_size_t, (c_void_p,)),
}


@functools.cache
def library() -> SimpleNamespace:
    """The functions of the C API by name, with their C types declared. Loads TensorFlow once.

    Raises `OSError` where its library cannot be loaded.
    """
    folder = Path(sys.modules["tensorflow"].__path__[0])
    # The second needs the first; each holds a part of the API.
    framework = ctypes.CDLL(str(folder / "libtensorflow_framework.so.2"), mode=ctypes.RTLD_GLOBAL)
    whole = ctypes.CDLL(str(folder / "libtensorflow_cc.so.2"))
    functions = SimpleNamespace()
    for name, (result, arguments) in _FUNCTIONS.items():
        function = getattr(framework, name, None) or getattr(whole, name)
        function.restype = result
        function.argtypes = arguments
        setattr(functions, name, function)
    return functions


def disable_xla() -> None:
    """Has every compilation by XLA refused, as TF Serving does unless a flag allows it.

    The C API does not offer it; this is the C++ function that TF Serving calls.
    Source: `DisableXlaCompilation` in tensorflow/compiler/jit/flags.cc, and TF Serving's `main.cc`.
    """
    getattr(library(), _DISABLE_XLA)()


@contextmanager
def checked() -> Iterator[int]:
    """A `TF_Status` for the calls in the block; raises `StatusError` at its end if it is not OK."""
    c = library()
    status = c.TF_NewStatus()
    try:
        yield status
        code = c.TF_GetCode(status)
        if code:
            message = c.TF_Message(status).decode("utf-8", "surrogateescape")
            raise StatusError(Code(code), message)
    finally:
        c.TF_DeleteStatus(status)


@contextmanager
def buffer_of(data: bytes) -> Iterator[Any]:
    """A `TF_Buffer` that holds a copy of the bytes."""
    c = library()
    buffer = c.TF_NewBufferFromString(data, len(data))
    try:
        yield buffer
    finally:
        c.TF_DeleteBuffer(buffer)
