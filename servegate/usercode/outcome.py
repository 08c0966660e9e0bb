"""What came of calling preprocessing callables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from servegate.facts.serving import Array
from servegate.findings import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One tensor that a callable made.

    `python_native` says that it was made of plain Python numbers or text: nobody chose its dtype
    (bool, int64, float64, object for strings), and a client would send it as the signature's.
    Strings are object arrays of `bytes`.
    """

    array: Array
    python_native: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The tensors for one example. `named` False: one tensor without a name, under ""."""

    tensors: Mapping[str, Value]
    named: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UserError:
    """The callable raised; the traceback begins at its own first frame."""

    traceback: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongResult:
    """The callable returned `what`, which is not `expected`."""

    what: str
    expected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFailed:
    """The module raised when it was imported, or has no such callable."""

    traceback: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedOut:
    """It was still running at the deadline. `example` as in `Died`."""

    example: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Died:
    """The process ended in the middle: `how` is "exit status 3", "signal SIGSEGV".

    `example` is the number of the example, from 1, that it was called with; 0 for all of them at
    once, None while it was imported.
    """

    example: int | None
    how: str


ExampleResult = Made | UserError | WrongResult
Failure = ImportFailed | TimedOut | Died | UserError | WrongResult


@dataclass(frozen=True, slots=True, kw_only=True)
class CallableOutcome:
    """What one callable made of the examples.

    `results` holds, by number from 1, the examples it got to. `failure` is what kept it from the
    others; a `UserError` or `WrongResult` there concerns the whole batch of a batched callable.
    `location` is where it is written, None where that is outside the repository or unknown.
    """

    name: str
    results: Mapping[int, ExampleResult] = field(default_factory=dict)
    failure: Failure | None = None
    location: Location | None = None
    batched: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOutcome:
    """What came of a run: one outcome a callable, in the order they were given.

    `output` is the end of what they printed. `network_closed` says whether the system let the gate
    take the network away from them.
    """

    callables: tuple[CallableOutcome, ...]
    output: str
    network_closed: bool
