"""What the graph reads is there, and lies beside it."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate, ModelChange
from servegate.facts.production import Production
from servegate.facts.reading import Reading
from servegate.findings import Finding, Location, NotExamined, Severity
from servegate.graph.body import BrokenGraph
from servegate.graph.dependence import ModelGraph
from servegate.graph.opened import OpenedPath, opened_paths
from servegate.providers import Absent, Later
from servegate.savedmodel.assets import FOLDER, asset_problems
from servegate.savedmodel.reader import SavedModel
from servegate.savedmodel.unreadable import Unreadable
from servegate.tfserving.base_paths import place_in_image
from servegate.wording import listed

_ABSOLUTE = re.compile(r"/|file:/|~|[A-Za-z]:[\\/]|\\\\")
_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_OF_EVERY_SYSTEM = re.compile(r"/(dev|proc|sys)/")
_REMEDY = "Track the file as an asset (`tf.saved_model.Asset`) and export the model again."


@check(claims=("P04", "P05"))
def assets_present(
    candidate: Candidate,
    change: ModelChange,
    production: Production,
    reading: Reading,
    saved_model: SavedModel,
    baseline_saved_model: Later[SavedModel],
) -> Outcome:
    """Every file that the graph reads is an asset, and is there.

    What it checks:
        Every asset that the graph names lies in `assets/`. And no constant of the graph is a path
        of the machine that exported it, as far as serving opens it: the loader's initialiser and
        the requests are followed to the ops that read files. An absolute path fails, unless the
        base version opens the same one (then it is advisory), or it leads to a file of this
        version at the place where production has it. A relative path, which is looked up from
        the server's working directory, is advisory. A path that is merely compared or printed is
        no matter, and addresses of object stores are the server's to open.

    Why it matters:
        The version loads where it was trained and nowhere else: in production its load fails,
        and the old version goes on answering. Where it loads all the same, it reads a file that
        nobody has reviewed.

    Remedy:
        Track the file as an asset when the model is exported (`tf.saved_model.Asset`, or a
        vocabulary's initialiser that is an attribute of the module), and export again.
    """
    for problem in asset_problems(saved_model, within=change.root / change.path):
        yield _unreadable(candidate, problem)
    opened = _opened(reading.graph, saved_model)
    local = [one for one in opened if not _REMOTE.match(one.path) or one.path.startswith("file:")]
    suspects = [one for one in local if _is_suspect(candidate, production, one)]
    before = _before(baseline_saved_model) if suspects else frozenset()
    place = Location(file=f"{candidate.place}/{saved_model.file}")
    for one in suspects:
        if _ABSOLUTE.match(one.path):
            yield _absolute(candidate, one, place, inherited=one.path in before)
        else:
            yield _relative(candidate, one, place)
    if remote := [one.path for one in opened if one not in local]:
        yield NotExamined(
            what=f"whether production's server can read {listed(remote, most=3)}, which the graph "
            "opens",
            enable=f"put such files into {FOLDER}/ of the version",
        )


def _opened(graph: ModelGraph | None, model: SavedModel) -> tuple[OpenedPath, ...]:
    """None of a graph that contradicts itself, which another check tells."""
    if graph is None:
        return ()
    try:
        return opened_paths(graph, model)
    except BrokenGraph:
        return ()


def _is_suspect(candidate: Candidate, production: Production, one: OpenedPath) -> bool:
    """Whether a path leads elsewhere than to a file that every system or the version itself has."""
    if not one.path or _OF_EVERY_SYSTEM.match(one.path):
        return False
    model = production.head.model
    base_path = place_in_image(model.base_path if model else "", candidate.model)
    own = PurePosixPath(base_path) / candidate.directory
    path = PurePosixPath(one.path)
    if ".." in path.parts or not path.is_relative_to(own):
        return True
    return not (candidate.root / path.relative_to(own)).exists()


def _before(baseline_saved_model: Later[SavedModel]) -> frozenset[str]:
    """What the base version opens."""
    try:
        model = baseline_saved_model()
        return frozenset(one.path for one in opened_paths(ModelGraph(model.meta_graph), model))
    except (Absent, BrokenGraph):
        return frozenset()


def _when(one: OpenedPath) -> str:
    return f"for requests to signature {one.signature!r}" if one.signature else "while it is loaded"


def _absolute(
    candidate: Candidate, one: OpenedPath, place: Location, *, inherited: bool
) -> Finding:
    consequence = (
        "Those requests fail where there is no such file."
        if one.signature
        else "Where there is no such file, the version does not load."
    )
    return Finding(
        message=f"The graph of version {candidate.version} opens {one.path} {_when(one)}: a path "
        f"of the machine that exported it, not a file of the version. {consequence}"
        + (" The base version opens it too." if inherited else ""),
        expected=f"files of {FOLDER}/, which the loader finds wherever the version lies",
        observed=f"{one.op} at node {one.node} opens {one.path}",
        remedy=_REMEDY,
        location=place,
        severity=Severity.ADVISORY if inherited else None,
    )


def _relative(candidate: Candidate, one: OpenedPath, place: Location) -> Finding:
    return Finding(
        message=f"The graph of version {candidate.version} opens {one.path} {_when(one)}, which is "
        "looked up from the server's working directory and not from the version's.",
        expected=f"files of {FOLDER}/, which the loader finds wherever the version lies",
        observed=f"{one.op} at node {one.node} opens {one.path}",
        remedy=_REMEDY,
        location=place,
        severity=Severity.ADVISORY,
    )


def _unreadable(candidate: Candidate, problem: Unreadable) -> Finding:
    return Finding(
        message=f"{candidate.place}/{problem.sentence} The graph reads it while it is loaded: the "
        "version would not load, or know no word of its vocabulary.",
        expected=f"{problem.file}, which the graph names as an asset",
        observed=f"{problem.file} {problem.what}",
        remedy=problem.remedy,
        location=Location(file=f"{candidate.place}/{problem.file}"),
    )
