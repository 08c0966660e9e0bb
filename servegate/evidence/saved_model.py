"""The candidate's files and its SavedModel, and the base version's."""

from __future__ import annotations

from collections.abc import Sequence

from servegate.facts.change import Baseline, Candidate, ModelChange
from servegate.facts.reading import Reading
from servegate.facts.settings import Settings
from servegate.graph.body import BrokenGraph
from servegate.graph.dependence import ModelGraph
from servegate.providers import Blocked, NotApplicable, Stage, provides
from servegate.savedmodel.files import VersionFiles, read_files
from servegate.savedmodel.reader import SERVE, SavedModel, read
from servegate.savedmodel.unreadable import Fault, Unreadable
from servegate.tfserving.flags import parse_flags

FILES_CHECK = "version/files-complete"
_TAGS_CHECK = "version/tags-and-signatures"
_SIZE_CHECK = "version/tidy"

HOPELESS = (FILES_CHECK, "version/weights-complete", "version/assets-present")
"""What these reject is not worth a server: it would not load, or refuse every request."""


@provides(stage=Stage.FILES)
def files(candidate: Candidate, change: ModelChange) -> VersionFiles:
    """The files of the version directory; links may lead anywhere in the model's tree."""
    return read_files(candidate.root, within=change.root / change.path)


@provides(stage=Stage.FILES)
def reading(candidate: Candidate, change: ModelChange, settings: Settings) -> Reading:
    """Reads the SavedModel; what is wrong with it is a part of the evidence."""
    tags = parse_flags(settings.flags).tags
    try:
        model = read(candidate.root, within=change.root / change.path, tags=tags)
    except Unreadable as problem:
        return Reading(problem=problem)
    try:
        return Reading(model=model, graph=ModelGraph(model.meta_graph))
    except BrokenGraph as error:
        return Reading(model=model, graph_problem=str(error))


@provides(stage=Stage.FILES, blocked_by=(FILES_CHECK,))
def saved_model(reading: Reading) -> SavedModel:
    """The candidate's SavedModel; what keeps it from being read is told by another check."""
    if reading.model is None:
        raise Blocked(str(reading.problem), by=_told_by(reading))
    return reading.model


def _told_by(reading: Reading) -> str:
    if reading.lacks_tags:
        return _TAGS_CHECK
    return _SIZE_CHECK if reading.too_large else FILES_CHECK


@provides(stage=Stage.FILES)
def baseline_saved_model(baseline: Baseline, settings: Settings) -> SavedModel:
    """The base version's; what is wrong with that one is not the change's business.

    Where the change brings the tags along, the base version is the graph that was served before.
    """
    tags = parse_flags(settings.flags).tags
    try:
        return _read_tagged(baseline, tags, SERVE)
    except Unreadable as problem:
        raise NotApplicable(
            f"The base version {baseline.version} cannot be read: {problem}"
        ) from problem


def _read_tagged(baseline: Baseline, tags: Sequence[str], otherwise: Sequence[str]) -> SavedModel:
    try:
        return read(baseline.root, tags=tags)
    except Unreadable as problem:
        if problem.fault is not Fault.TAGS:
            raise
        return read(baseline.root, tags=otherwise)
