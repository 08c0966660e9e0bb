"""What came of running a SavedModel directly."""

from __future__ import annotations

from dataclasses import dataclass

from servegate.facts.serving import Tensors
from servegate.tfserving.op_errors import Trouble, op_error


@dataclass(frozen=True, slots=True, kw_only=True)
class NotLoaded:
    """The TensorFlow of the gate cannot load the model; `reason` is its own."""

    reason: str

    @property
    def missing_op(self) -> str:
        """The op that this TensorFlow lacks (TF-Text's, TF-DF's), empty for other reasons."""
        found = op_error(self.reason)
        return found.op if found and found.trouble is Trouble.UNREGISTERED else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The outputs, as often as the question was asked."""

    outputs: tuple[Tensors, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """TensorFlow did not run the question; `reason` is its own."""

    reason: str


Outcome = NotLoaded | tuple[Answered | Refused, ...]
"""For a model that loads one outcome a question, in their order."""
