"""Examples that a team recorded: raw input, the tensors training makes of it, the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from servegate.facts.probes import Probe
from servegate.facts.serving import Tensors
from servegate.findings import Location
from servegate.tfserving.versions import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One recorded example; any part may be missing.

    `raw` is what a client starts from (`has_raw` tells null from missing). `inputs` and `outputs`
    are arrays by tensor name, for one example, without a batch axis. `for_version` is the version
    that the outputs were recorded with.
    """

    number: int
    location: Location
    raw: object = None
    has_raw: bool = False
    inputs: Tensors | None = None
    outputs: Tensors | None = None
    for_version: Version | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallableError:
    """What a callable did instead of returning tensors: usually the user's own traceback."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What one way of preprocessing makes of the examples.

    `name` is how to call it in a sentence ("training.features:encode", "the recorded inputs",
    "the raw example"). `tensors` holds, by example number, arrays for one example without a batch
    axis, or the error. A single array that the callable did not name has the name "".
    """

    name: str
    location: Location | None
    tensors: Mapping[int, Tensors | CallableError]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """One example's tensors held against the signatures of the candidate.

    `signature` is the one whose input names are nearest. `problems` say what does not fit, in
    words; `probe` is what can be sent all the same, None where names or types forbid it.
    """

    example: Example
    signature: str
    probe: Probe | None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedExamples:
    """All examples held against the candidate. `source` names where the tensors come from."""

    source: str
    location: Location | None
    fitted: tuple[Fitted, ...]
