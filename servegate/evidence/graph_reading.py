"""What in the candidate's graph can influence what."""

from __future__ import annotations

from servegate.facts.reading import GraphReading, Reading
from servegate.graph.body import BrokenGraph
from servegate.providers import Stage, provides
from servegate.savedmodel.reader import SavedModel


@provides(stage=Stage.FILES)
def graph_reading(saved_model: SavedModel, reading: Reading) -> GraphReading:
    """A signature that contradicts the graph does not keep the others from being read."""
    if reading.graph is None:
        return GraphReading(dependences=(), broken=(("", reading.graph_problem),))
    found, broken = [], []
    for signature in saved_model.signatures:
        try:
            found.append((signature, reading.graph.dependence(signature)))
        except BrokenGraph as error:
            broken.append((signature.name, str(error)))
    return GraphReading(dependences=tuple(found), broken=tuple(broken))
