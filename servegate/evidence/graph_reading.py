"""What in a version's graph can influence what."""

from __future__ import annotations

from servegate.facts.change import Baseline
from servegate.facts.reading import GraphReading, Reading
from servegate.graph.body import BrokenGraph
from servegate.graph.dependence import ModelGraph
from servegate.providers import NotApplicable, Stage, provides
from servegate.savedmodel.reader import SavedModel


@provides(stage=Stage.FILES)
def graph_reading(saved_model: SavedModel, reading: Reading) -> GraphReading:
    """The candidate's."""
    if reading.graph is None:
        return GraphReading(dependences=(), broken=(("", reading.graph_problem),))
    return _of_signatures(saved_model, reading.graph)


@provides(stage=Stage.FILES)
def baseline_graph_reading(baseline: Baseline, baseline_saved_model: SavedModel) -> GraphReading:
    """The base version's; what is wrong with that one is not the change's business."""
    try:
        return _of_signatures(baseline_saved_model, ModelGraph(baseline_saved_model.meta_graph))
    except BrokenGraph as problem:
        raise NotApplicable(
            f"The graph of the base version {baseline.version} cannot be read: {problem}"
        ) from problem


def _of_signatures(model: SavedModel, graph: ModelGraph) -> GraphReading:
    """A signature that contradicts the graph does not keep the others from being read."""
    found, broken = [], []
    for signature in model.signatures:
        try:
            found.append((signature, graph.dependence(signature)))
        except BrokenGraph as error:
            broken.append((signature.name, str(error)))
    return GraphReading(dependences=tuple(found), broken=tuple(broken))
