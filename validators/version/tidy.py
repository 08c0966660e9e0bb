"""The version directory holds a model, once, and little else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from servegate.checks import Outcome, check
from servegate.facts.change import Baseline, Candidate
from servegate.facts.settings import Settings
from servegate.facts.weights import Weights
from servegate.findings import Finding, Location, Remark, Severity
from servegate.providers import Absent, Later
from servegate.savedmodel.ballast import ballast
from servegate.savedmodel.bundle import INDEX, Bundle, Entry
from servegate.savedmodel.files import VersionFiles
from servegate.savedmodel.reader import BINARY, MAX_BYTES, TEXT
from servegate.tfserving.flags import parse_flags
from servegate.wording import count, listed, size

_TFLITE = "model.tflite"
_LARGE = 2**30
_MUCH_BALLAST = 1_000_000
_MUCH_OF_SLOTS = 2_000_000  # they come along by themselves with every checkpoint

_SLOT = re.compile(
    r"\.OPTIMIZER_SLOT/|(^|[/_.])(optimizer|Adam|AdamW|Adagrad|Adadelta|Adamax|Nadam|RMSProp|Ftrl"
    r"|Momentum|Lamb)(_\d+|_weights)?([/_.]|$)",
    re.IGNORECASE,
)


@check(claims=("P12", "P13", "P15"))
def tidy(
    candidate: Candidate,
    files: VersionFiles,
    settings: Settings,
    weights: Later[Weights],
    baseline: Later[Baseline],
) -> Outcome:
    """The graph's file can be read by a server, and nothing but the model lies beside it.

    What it checks:
        saved_model.pb of two gibibytes and more fails, since protocol buffers end there; beyond
        one it is advisory. With `--prefer_tflite_model` in `serving.flags`, a `model.tflite` that
        the base version did not have fails: production would serve that and not the SavedModel.
        The rest is advisory: a saved_model.pbtxt beside saved_model.pb, which is not read;
        checkpoints, event files, notebooks, data sets, caches, and shards of weights that the
        index does not know; and the optimizer's slots among the weights, from one or two
        megabytes on.

    Why it matters:
        A graph that is too large does not load. Two forms of one model drift apart, and people
        look at the one that is not served. Ballast is downloaded, copied into images and, among
        the weights, read at every start of every server.

    Remedy:
        Keep weights in variables/ and not in the graph. Delete what the finding lists. Export
        without the optimizer (`model.export(…)`, or `include_optimizer=False`).
    """
    yield from _of_size(candidate, files)
    yield from _of_two_forms(candidate, files)
    if files.named(_TFLITE) and parse_flags(settings.flags).enabled("prefer_tflite_model"):
        yield _preferred(candidate, settings, baseline)
    held = _held(weights)
    yield from _of_files(candidate, files, held.bundle if held else None)
    if held is not None:
        yield from _of_slots(candidate, files, held)


def _held(weights: Later[Weights]) -> Weights | None:
    try:
        return weights()
    except Absent:
        return None  # the checks of files and weights tell why


def _of_size(candidate: Candidate, files: VersionFiles) -> Iterator[Finding]:
    graph = files.named(BINARY)
    if graph is None or graph.size <= _LARGE:
        return
    too_large = graph.size > MAX_BYTES
    consequence = (
        "A server cannot read it: protocol buffers end at 2 GiB."
        if too_large
        else "It is more than half of what a server can read, and is held in memory twice while "
        "the version is loaded."
    )
    yield Finding(
        message=f"{candidate.place}/{BINARY} has {size(graph.size)}. {consequence}",
        expected=f"less than {size(_LARGE)}",
        observed=f"{graph.size:,} bytes",
        remedy="Keep weights in variables and vocabularies in assets/; constants are what makes a "
        "graph large.",
        location=Location(file=f"{candidate.place}/{BINARY}"),
        severity=None if too_large else Severity.ADVISORY,
    )


def _of_two_forms(candidate: Candidate, files: VersionFiles) -> Iterator[Finding]:
    if files.named(BINARY) and files.named(TEXT):
        yield Finding(
            message=f"{candidate.place} holds {BINARY} and {TEXT}: TF Serving reads {BINARY} and "
            "passes the other over, whatever stands in it.",
            expected="one of the two",
            observed=f"{BINARY} and {TEXT}",
            remedy=f"Delete {candidate.place}/{TEXT}, or keep it under another name.",
            location=Location(file=f"{candidate.place}/{TEXT}"),
            severity=Severity.ADVISORY,
        )


def _preferred(candidate: Candidate, settings: Settings, baseline: Later[Baseline]) -> Finding:
    """Blocks when it changes what is served: the base version was served from its SavedModel."""
    try:
        served_before = (baseline().root / _TFLITE).exists()
    except Absent:
        served_before = True  # the first version: nobody knows of another intention
    return Finding(
        message=f"Production would serve {candidate.place}/{_TFLITE} and not the SavedModel beside "
        f"it: --prefer_tflite_model in {settings.config_file} says so."
        + ("" if served_before else " The base version has no such file."),
        expected=f"the SavedModel, which the gate has examined; {_TFLITE} is not examined",
        observed=f"{_TFLITE}, and a server that prefers it",
        remedy=f"Delete {candidate.place}/{_TFLITE}, or take --prefer_tflite_model out of "
        "production's flags.",
        location=Location(file=f"{candidate.place}/{_TFLITE}"),
        severity=Severity.ADVISORY if served_before else None,
    )


def _of_files(
    candidate: Candidate, files: VersionFiles, bundle: Bundle | None
) -> Iterator[Finding | Remark]:
    found = ballast(files, bundle)
    sizes = {kind: sum(one.size for one in held) for kind, held in found.items()}
    parts = [
        f"{kind} ({count(len(held), 'file')}, {size(sizes[kind])}: "
        f"{listed((one.relpath for one in held), most=2)})"
        for kind, held in found.items()
    ]
    total = sum(sizes.values())
    if total < _MUCH_BALLAST:
        if parts:
            yield Remark(message=f"No server reads {listed(parts)}.")
        return
    yield Finding(
        message=f"{candidate.place} carries {size(total)} that no server reads: {listed(parts)}. "
        "They are downloaded and copied with every deployment.",
        expected="what an exporter writes: the graph, variables/, assets/, assets.extra/",
        observed=f"{size(total)} of {size(files.size)} are {listed(found)}",
        remedy=f"Delete them from {candidate.place}, and copy the exporter's own directory alone.",
        location=Location(file=candidate.place),
        severity=Severity.ADVISORY,
        evidence={"bytes": sizes},
    )


def _of_slots(candidate: Candidate, files: VersionFiles, weights: Weights) -> Iterator[Finding]:
    slots = _slots(weights)
    total = sum(one.size for one in slots)
    if total < _MUCH_OF_SLOTS:
        return
    yield Finding(
        message=f"{size(total)} of the weights in {candidate.place}/variables belong to the "
        f"optimizer, which answers no request: {listed((one.name for one in slots), most=3)}. "
        "They are copied with every deployment, and read at every start.",
        expected="the variables that the signatures use",
        observed=f"{count(len(slots), 'slot')}, {size(total)} of {size(files.size)}",
        remedy="Export without the optimizer: `model.export(…)`, or `include_optimizer=False`.",
        location=Location(file=f"{candidate.place}/{INDEX}"),
        severity=Severity.ADVISORY,
        evidence={"bytes": total},
    )


def _slots(weights: Weights) -> Sequence[Entry]:
    """What is called as an optimizer's own is, and what no signature uses."""
    if weights.bundle is None or weights.wanted is None:
        return ()
    needed = set(weights.needed)
    used = {one.name for one in weights.wanted if one.variable in needed}
    return [
        one for one in weights.bundle.tensors if one.name not in used and _SLOT.search(one.name)
    ]
