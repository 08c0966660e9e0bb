"""The candidate's files and its SavedModel, and the base version's."""

from __future__ import annotations

from servegate.facts.change import Baseline, Candidate, ModelChange
from servegate.facts.reading import Reading
from servegate.graph.body import BrokenGraph
from servegate.graph.dependence import ModelGraph
from servegate.providers import Blocked, NotApplicable, Stage, provides
from servegate.savedmodel.files import VersionFiles, read_files
from servegate.savedmodel.reader import SavedModel, read
from servegate.savedmodel.unreadable import Unreadable

FILES_CHECK = "version/files-complete"


@provides(stage=Stage.FILES)
def files(candidate: Candidate, change: ModelChange) -> VersionFiles:
    """The files of the version directory; links may lead anywhere in the model's tree."""
    return read_files(candidate.root, within=change.root / change.path)


@provides(stage=Stage.FILES)
def reading(candidate: Candidate, change: ModelChange) -> Reading:
    """Reads the SavedModel; what is wrong with it is a part of the evidence."""
    try:
        model = read(candidate.root, within=change.root / change.path)
    except Unreadable as problem:
        return Reading(problem=problem)
    try:
        return Reading(model=model, graph=ModelGraph(model.meta_graph))
    except BrokenGraph as error:
        return Reading(model=model, graph_problem=str(error))


@provides(stage=Stage.FILES, blocked_by=(FILES_CHECK,))
def saved_model(reading: Reading) -> SavedModel:
    """The candidate's SavedModel; what keeps it from being read is told by the files check."""
    if reading.model is None:
        raise Blocked(str(reading.problem), by=FILES_CHECK)
    return reading.model


@provides(stage=Stage.FILES)
def baseline_saved_model(baseline: Baseline) -> SavedModel:
    """The base version's; what is wrong with that one is not the change's business."""
    try:
        return read(baseline.root)
    except Unreadable as problem:
        raise NotApplicable(
            f"The base version {baseline.version} cannot be read: {problem}"
        ) from problem
