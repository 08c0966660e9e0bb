"""Calls preprocessing callables of a project, in the project's own interpreter.

Started by path, `python worker.py REQUEST`; needs only the standard library of Python 3.8. numpy,
TensorFlow and pandas are never imported here: a value of theirs is known by its own attributes.

REQUEST is a JSON file: `repository`, `functions` (pairs of a number and `module:function`),
`examples` (a file, one JSON value a line) and `result` (the file to append to). What happens is
told there, one JSON object a line, so that a crash, a hang or `os._exit` loses nothing:

    {"event": "started"}
    {"event": "imported", "function": 0, "file": …, "line": …, "batched": …}
    {"event": "not-imported", "function": 0, "traceback": …}
    {"event": "calling", "function": 0, "example": 1}
    {"event": "made", "function": 0, "example": 1, "named": …, "tensors": {name: TENSOR}}
    {"event": "raised", "function": 0, "example": 1, "traceback": …}
    {"event": "wrong", "function": 0, "example": 1, "what": …, "expected": …}
    {"event": "finished", "function": 0}

Examples count from 1; the call of a batched callable is example 0.
TENSOR is {"dtype", "shape", "native", "data"}: numpy's little-endian bytes in base64, or for
"string" a flat list of base64. `native` says that plain Python values were returned, so nobody
chose the dtype.
"""

# A value of the user's can be anything.
# ruff: noqa: ANN401
from __future__ import annotations

import base64
import dataclasses
import importlib
import inspect
import json
import os
import struct
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    Tensor = dict[str, Any]

BATCH_PARAMETERS = ("batch", "examples", "rows")
TRACEBACK_CHARACTERS = 16_000
TENSOR_BYTES = 64 * 2**20
VALUE_BYTES = {"b": 1, "i": 8, "u": 8, "f": 8, "c": 16}  # TensorFlow's largest, by numpy's kind
SCALARS = frozenset((bool, int, float, str, bytes))
LAYERS = 20  # of decorators
WRAPPERS = ("__wrapped__", "python_function", "func")
EXPECTED = "a dict of tensors by name, or one tensor"

# The user's code may replace or close whatever it finds; the channel keeps its own.
_open, _write, _close, _getpid, _dumps = os.open, os.write, os.close, os.getpid, json.dumps


class Wrong(Exception):
    """The callable returned something that is not tensors; the text says what."""


class Channel:
    """The result file. It is opened anew for every line: the user's code may close descriptors."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._owner = _getpid()

    def tell(self, event: str, **fields: Any) -> None:
        """Appends one event. A fork that the callable left behind ends here, in silence."""
        if _getpid() != self._owner:
            os._exit(0)
        line = _dumps(dict(fields, event=event)).encode() + b"\n"
        descriptor = _open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            while line:
                line = line[_write(descriptor, line) :]
        finally:
            _close(descriptor)


# ---- the callable


def resolve(name: str) -> Callable[..., Any]:
    """The callable behind `module:function` (or `module:Class.method`)."""
    module_name, _, path = name.partition(":")
    found: Any = importlib.import_module(module_name)
    for part in path.split("."):
        if not hasattr(found, part):
            known = ", ".join([one for one in dir(found) if not one.startswith("_")][:20])
            raise AttributeError(f"{module_name!r} has no {part!r}. It has: {known}.")
        found = getattr(found, part)
    if not callable(found):
        raise TypeError(f"{name} is a {type(found).__name__}, not a callable.")
    function: Callable[..., Any] = found
    return function


def innermost(function: Any) -> Any:
    """What the user wrote, beneath `functools.wraps`, `functools.partial` and `tf.function`."""
    for _ in range(LAYERS):
        layers = (getattr(function, name, None) for name in WRAPPERS)
        inner = next((one for one in layers if callable(one)), None)
        if inner is None:
            break
        function = inner
    if hasattr(function, "__code__") or inspect.isclass(function):
        return function
    return type(function).__call__  # an instance that can be called


def location(function: Any) -> tuple[str | None, int | None]:
    """The file and the line (from 1) where the callable is written, as far as Python knows."""
    try:
        source = inspect.getsourcefile(function)
        line = inspect.getsourcelines(function)[1]
    except (TypeError, OSError):
        return None, None
    return (str(Path(source).absolute()), max(1, line)) if source else (None, None)


def is_batched(function: Any) -> bool:
    """Whether it takes all examples at once: its attribute `batched`, or its first parameter."""
    stated = getattr(function, "batched", None)
    if isinstance(stated, bool):
        return stated
    try:
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return False
    return bool(names) and names[0] in BATCH_PARAMETERS


def users_traceback(error: BaseException) -> str:
    """The traceback from the user's first frame on, at most `TRACEBACK_CHARACTERS` of it."""
    trace = error.__traceback__
    while trace is not None and _is_ours(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    text = "".join(traceback.format_exception(type(error), error.with_traceback(trace), trace))
    if len(text) > TRACEBACK_CHARACTERS:
        half = TRACEBACK_CHARACTERS // 2
        text = text[:half] + "\n…\n" + text[-half:]
    return text


def _is_ours(filename: str) -> bool:
    return filename in (__file__, importlib.__file__) or filename.startswith("<frozen importlib")


# ---- from whatever was returned to values by name


def tensors_of(returned: Any) -> tuple[dict[str, Tensor], bool]:
    """The tensors in one return value, and whether they had names. Raises `Wrong`."""
    value = _unwrapped(returned)
    if not isinstance(value, dict):
        return {"": tensor_of(value, "the value")}, False
    if not value:
        raise Wrong("an empty dict")
    return {_name(key): tensor_of(one, repr(key)) for key, one in value.items()}, True


def _name(key: Any) -> str:
    if not isinstance(key, str):
        raise Wrong(f"a dict with the key {key!r}, which is no name")
    return key


def _unwrapped(value: Any) -> Any:
    """Reduces what clients and data libraries return to a dict of values, or to one value."""
    value = _as_mapping(value)
    if isinstance(value, dict) and set(value) <= {"signature_name", "instances", "inputs"}:
        # The body of a REST request.
        bodies = [value[key] for key in ("instances", "inputs") if key in value]
        if len(bodies) == 1:
            value = _as_mapping(bodies[0])
    if isinstance(value, list) and value and _is_row(_as_mapping(value[0])):
        return _columns([_as_mapping(row) for row in value])
    return value


def _as_mapping(value: Any) -> Any:
    """Named things as a dict, iterators as a list, anything else as it is."""
    if _message(value) == "tensorflow.serving.PredictRequest":
        return dict(value.inputs)
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return value._asdict()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if type(value).__module__.partition(".")[0] == "pandas" and hasattr(value, "to_dict"):
        return _of_pandas(value)
    if not isinstance(value, dict) and hasattr(value, "keys") and hasattr(value, "__getitem__"):
        return {key: value[key] for key in list(value.keys())}
    return list(value) if isinstance(value, Iterator) else value


def _message(value: Any) -> str:
    """The full name of a protocol buffer message, empty for anything else."""
    return str(getattr(getattr(type(value), "DESCRIPTOR", None), "full_name", ""))


def _of_pandas(value: Any) -> Any:
    if hasattr(value, "columns"):  # DataFrame
        return {column: value[column].to_numpy() for column in value.columns}
    if all(isinstance(label, str) for label in value.index):  # Series: one row of named features
        return value.to_dict()
    return value.to_numpy()


def _columns(rows: list[Any]) -> dict[str, Any]:
    """Rows of named values, as REST's `instances` has them, as one list by name."""
    names = list(rows[0])
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict) or set(row) != set(names):
            raise Wrong(f"a list of rows in which row {number} has other names than row 1")
    return {name: [row[name] for row in rows] for name in names}


def _is_row(value: Any) -> bool:
    return isinstance(value, dict) and not _is_base64(value)


def _is_base64(value: Any) -> bool:
    """Bytes as a REST body holds them."""
    return isinstance(value, dict) and set(value) == {"b64"}


# ---- from one value to a tensor


def tensor_of(value: Any, place: str) -> Tensor:
    """One value as TENSOR. Raises `Wrong` naming `place`."""
    if inspect.isawaitable(value):
        raise Wrong(f"{place} is a coroutine: the callable must not be async")
    value = _plain(value)
    if _is_array(value):
        return _of_array(value, place)
    return _of_python(*_flat(value, place), place=place)


def _is_array(value: Any) -> bool:
    return hasattr(value, "dtype") and hasattr(value, "tobytes")


def _plain(value: Any) -> Any:
    """A tensor of some library as a numpy array; messages as the bytes that clients send."""
    if _is_array(value):
        return value
    if _message(value) == "tensorflow.TensorProto":
        return sys.modules["tensorflow"].make_ndarray(value)
    if _message(value) and hasattr(value, "SerializeToString"):
        return value.SerializeToString()  # a tf.train.Example
    if hasattr(value, "detach"):  # a torch tensor that records gradients
        value = value.detach().cpu()
    if callable(getattr(value, "numpy", None)):
        return value.numpy()
    if hasattr(value, "__array__") and "numpy" in sys.modules:
        return sys.modules["numpy"].asarray(value)
    return list(value) if isinstance(value, Iterator) else value


def _of_array(array: Any, place: str) -> Tensor:
    kind, shape = array.dtype.kind, [int(size) for size in array.shape]
    if kind in "OSU":
        flat = array.ravel().tolist()
        if all(isinstance(one, (str, bytes)) for one in flat):
            return _strings(shape, flat, place, native=False)
        return _of_python(*_flat(array.tolist(), place), place=place)
    # Kind V with a type of its own: the small floats of ml_dtypes.
    small = kind == "V" and array.dtype.type.__module__.startswith("ml_dtypes")
    if not small and array.dtype.itemsize > VALUE_BYTES.get(kind, 0):
        raise Wrong(f"{place} is an array of {array.dtype}, which TensorFlow has no dtype for")
    _bounded(array.nbytes, place)
    little = array if small else array.astype(array.dtype.newbyteorder("<"))
    data = base64.b64encode(little.tobytes()).decode()
    return {"dtype": array.dtype.name, "shape": shape, "native": False, "data": data}


def _flat(value: Any, place: str) -> tuple[list[int], list[Any]]:
    """The shape and the scalars of nested lists; arrays in them count as lists."""
    value = _plain(value)
    if _is_array(value):
        value = value.tolist()
    if _is_base64(value):
        return [], [base64.b64decode(value["b64"])]
    if not isinstance(value, (list, tuple)):
        return [], [value]
    if SCALARS.issuperset(map(type, value)):
        return [len(value)], list(value)
    parts = [_flat(one, place) for one in value]
    inner = parts[0][0]
    if any(shape != inner for shape, _ in parts):
        raise Wrong(f"{place} is ragged: its lists differ in length or depth")
    return [len(parts), *inner], [one for _, flat in parts for one in flat]


def _of_python(shape: list[int], flat: list[Any], place: str) -> Tensor:
    """Plain Python scalars: bool, int (int64, uint64 past it), float (float64), complex, text."""
    kinds = set(map(type, flat))
    if kinds and kinds <= {str, bytes}:
        return _strings(shape, flat, place, native=True)
    _bounded(8 * len(flat), place)
    if kinds == {bool}:
        return _numbers(shape, flat, "bool", "?")
    if kinds == {int}:
        return _integers(shape, flat, place)
    if kinds <= {int, float}:
        return _numbers(shape, [float(one) for one in flat], "float64", "d")
    if kinds <= {int, float, complex}:
        pairs = [part for one in flat for part in (complex(one).real, complex(one).imag)]
        return _numbers(shape, pairs, "complex128", "d")
    strange = sorted(kind.__name__ for kind in kinds)
    raise Wrong(f"{place} holds {' and '.join(strange[:5])}")


def _integers(shape: list[int], flat: list[int], place: str) -> Tensor:
    lowest, highest = min(flat), max(flat)
    if lowest >= -(2**63) and highest < 2**63:
        return _numbers(shape, flat, "int64", "q")
    if lowest >= 0 and highest < 2**64:
        return _numbers(shape, flat, "uint64", "Q")
    raise Wrong(f"{place} holds integers of more than 64 bits")


def _numbers(shape: list[int], flat: list[Any], dtype: str, code: str) -> Tensor:
    data = base64.b64encode(struct.pack(f"<{len(flat)}{code}", *flat)).decode()
    return {"dtype": dtype, "shape": shape, "native": True, "data": data}


def _strings(shape: list[int], flat: list[Any], place: str, *, native: bool) -> Tensor:
    raw = [one.encode("utf-8", "surrogatepass") if isinstance(one, str) else one for one in flat]
    _bounded(sum(map(len, raw)), place)
    data = [base64.b64encode(one).decode() for one in raw]
    return {"dtype": "string", "shape": shape, "native": native, "data": data}


def _bounded(size: int, place: str) -> None:
    if size > TENSOR_BYTES:
        raise Wrong(f"{place} has {size} bytes; at most {TENSOR_BYTES} are taken")


# ---- taking a batch apart


def split(returned: Any, count: int) -> list[Any]:
    """A batched result as one result an example. Raises `Wrong`."""
    value = _unwrapped(returned)
    if not isinstance(value, dict):
        return _rows(value, count, "the result")
    columns = {key: _rows(one, count, repr(key)) for key, one in value.items()}
    return [{key: rows[index] for key, rows in columns.items()} for index in range(count)]


def _rows(value: Any, count: int, place: str) -> list[Any]:
    plain = _plain(value)
    if not isinstance(plain, (list, tuple)) and not getattr(plain, "shape", None):
        raise Wrong(f"{place} has no batch axis; {count} examples were given")
    if len(plain) != count:
        raise Wrong(f"{place} has {len(plain)} rows for {count} examples")
    return [plain[index] for index in range(count)]


# ---- the run


class Run:
    """One callable and the examples that it is called with."""

    def __init__(self, channel: Channel, number: int, examples: list[Any]) -> None:
        self._channel = channel
        self._number = number
        self._examples = examples

    def call(self, name: str) -> None:
        """Imports the callable and calls it; everything that happens is told."""
        try:
            function = resolve(name)
            file, line = location(innermost(function))
            batched = is_batched(function)
        except BaseException as error:  # noqa: BLE001 - also SystemExit of the user's module
            self._tell("not-imported", traceback=users_traceback(error))
            return
        self._tell("imported", file=file, line=line, batched=batched)
        if batched:
            self._call_with_all(function)
        else:
            for number, example in enumerate(self._examples, 1):
                self._tell("calling", example=number)
                self._take(number, function, example)
        self._tell("finished")

    def _tell(self, event: str, **fields: Any) -> None:
        self._channel.tell(event, function=self._number, **fields)

    def _call_with_all(self, function: Callable[..., Any]) -> None:
        self._tell("calling", example=0)
        rows: list[Any] = []

        def take_apart() -> None:
            rows.extend(split(function(self._examples), len(self._examples)))

        if self._succeeds(0, take_apart):
            for number, row in enumerate(rows, 1):
                self._take(number, lambda given: given, row)

    def _take(self, number: int, make: Callable[..., Any], given: Any) -> None:
        def convert() -> None:
            tensors, named = tensors_of(make(given))
            self._tell("made", example=number, named=named, tensors=tensors)

        self._succeeds(number, convert)

    def _succeeds(self, number: int, step: Callable[[], None]) -> bool:
        """Whether a step of the user's went well; what became of it otherwise is told."""
        try:
            step()
        except Wrong as wrong:
            self._tell("wrong", example=number, what=str(wrong), expected=EXPECTED)
        except BaseException as error:  # noqa: BLE001 - whatever the user's code raises
            self._tell("raised", example=number, traceback=users_traceback(error))
        else:
            return True
        return False


def main(request_file: str) -> None:
    """Works off one request."""
    request = json.loads(Path(request_file).read_text("utf-8"))
    lines = Path(request["examples"]).read_text("utf-8").split("\n")[:-1]
    examples = [json.loads(line) for line in lines]
    channel = Channel(request["result"])
    channel.tell("started")
    # In place of our own folder, whose modules are not the user's.
    sys.path[0] = request["repository"]
    sys.argv[1:] = []
    for number, name in request["functions"]:
        Run(channel, number, examples).call(name)
    # Without the user's exit handlers, and threads that never end: everything is told.
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
