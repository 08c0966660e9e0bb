"""A candidate's SavedModel and its graph, read once."""

from __future__ import annotations

from dataclasses import dataclass

from servegate.graph.dependence import Dependence, ModelGraph
from servegate.savedmodel.reader import BINARY, SavedModel
from servegate.savedmodel.signatures import Signature
from servegate.savedmodel.unreadable import Fault, Unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of reading the candidate.

    `model` is None when `problem` says why it cannot be read; `graph` is None when
    `graph_problem` says what contradicts itself in it.
    """

    model: SavedModel | None = None
    problem: Unreadable | None = None
    graph: ModelGraph | None = None
    graph_problem: str = ""

    @property
    def lacks_tags(self) -> bool:
        """Whether there are meta graphs, and none has the tags that are served."""
        return self.problem is not None and self.problem.fault is Fault.TAGS

    @property
    def too_large(self) -> bool:
        """Whether the graph is larger than a protocol buffer may be, for TF Serving as for us."""
        problem = self.problem
        return problem is not None and problem.fault is Fault.TOO_LARGE and problem.file == BINARY


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphReading:
    """The dependence of every signature that could be read, and what is wrong with the others."""

    dependences: tuple[tuple[Signature, Dependence], ...]
    broken: tuple[tuple[str, str], ...] = ()

    def changeable(self, signature: str) -> frozenset[str]:
        """The outputs of one that random numbers, files, … or earlier requests reach."""
        return frozenset(
            output.name
            for _, dependence in self.dependences
            if dependence.signature == signature
            for output in dependence.outputs
            if output.sources or output.state
        )
