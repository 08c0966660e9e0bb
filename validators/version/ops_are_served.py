"""The server has what the graph is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate
from servegate.facts.probes import Replies
from servegate.facts.settings import Settings
from servegate.facts.start import Start
from servegate.findings import Finding, Location, Remark, Severity
from servegate.graph.ops import is_registered, registry_version
from servegate.graph.usage import Use, compiled, unregistered, uses
from servegate.providers import Absent, Blocked, Later
from servegate.savedmodel.reader import SavedModel
from servegate.tfserving.op_errors import OpError, Trouble, lacked_by, op_error
from servegate.wording import listed


@check(claims=("P09", "P10", "R06"))
def ops_are_served(
    candidate: Candidate,
    saved_model: SavedModel,
    settings: Settings,
    start: Start,
    replies: Later[Replies],
    baseline_replies: Later[Replies],
) -> Outcome:
    """The server runs every op that the graph needs.

    What it checks:
        What the server says when it loads the candidate and when it is asked: an op that it does
        not know or has no kernel for, a graph that a newer TensorFlow wrote, a function that only
        XLA can run while production has XLA switched off. The server alone decides, so custom
        ops that the serving image has pass; the ops of the gate's own TensorFlow only tell what
        kind of op it is, and which node uses it. An op that the embedded server lacks and the
        official image has is left undecided by version/loads. What the base version is refused
        for as well is advisory, as long as other signatures answer.

    Why it matters:
        A graph with an op that the server lacks does not load: the old version goes on answering.
        A function for XLA loads, and fails its first request.

    Remedy:
        Export with what the server has, or serve with an image that has it: another
        `serving.image`, or a `serving.dockerfile` that builds the op's library in.
    """
    explain = _Explainer(candidate, saved_model, settings)
    if start.failure:
        error = op_error(start.failure)
        if error is None or lacked_by(start.runtime, start.failure):
            raise Blocked(start.failure, by="version/loads")
        yield explain.finding(error, start.failure, "does not load")
        return
    found = list(_refused(replies))
    answered = _answers(replies)
    for signature, error, refusal in found:
        inherited = answered and any(
            one.trouble is error.trouble and name == signature
            for name, one, _ in _refused(baseline_replies)
        )
        yield explain.finding(
            error,
            refusal,
            f"refuses the requests to signature {signature!r}",
            severity=Severity.ADVISORY if inherited else None,
        )
    if not found and (strange := unregistered(saved_model.meta_graph.graph_def)):
        yield Remark(
            message=f"The server has ops that TensorFlow {registry_version()} has not: "
            f"{listed(strange)}."
        )


_Refusal = tuple[str, OpError, str]


def _refused(replies: Later[Replies]) -> Iterator[_Refusal]:
    """The signatures that are refused for an op's sake whatever they are asked, and the words."""
    try:
        told = replies()
    except Absent:
        return  # nobody could be asked, which other checks tell
    for signature, replied in told:
        errors = [op_error(one.refusal) for one in replied if not one.answered]
        if errors and errors[0] is not None and len(errors) == len(replied):
            yield signature, errors[0], replied[0].refusal


def _answers(replies: Later[Replies]) -> bool:
    """Whether any signature answers."""
    try:
        return any(one.answered for _, replied in replies() for one in replied)
    except Absent:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Explanation:
    """What the server lacks and where the graph needs it; what was expected; what mends it."""

    what: str
    expected: str
    remedy: str


class _Explainer:
    """Puts together what the server said and what the graph shows."""

    def __init__(self, candidate: Candidate, model: SavedModel, settings: Settings) -> None:
        self._candidate = candidate
        self._model = model
        self._graph = model.meta_graph.graph_def
        self._settings = settings

    def finding(
        self, error: OpError, reason: str, consequence: str, *, severity: Severity | None = None
    ) -> Finding:
        """The finding about one reason of the server's; `consequence` is what it did."""
        explain = {
            Trouble.UNREGISTERED: self._unregistered,
            Trouble.NO_KERNEL: self._without_kernel,
            Trouble.NEWER: self._newer,
            Trouble.XLA: self._compiled,
        }
        told = explain[error.trouble](error)
        inherited = " The base version is refused for the same." if severity else ""
        return Finding(
            message=f"Version {self._candidate.version} {consequence}: {told.what}{inherited}",
            expected=told.expected,
            observed=reason,
            remedy=told.remedy,
            location=Location(file=f"{self._candidate.place}/{self._model.file}"),
            severity=severity,
            evidence={"op": error.op, "trouble": error.trouble.value},
        )

    def _unregistered(self, error: OpError) -> _Explanation:
        where = _places(uses(self._graph, error.op))
        others = [one for one in unregistered(self._graph) if one != error.op]
        beside = f" {listed(others)} may be unknown to it too." if others else ""
        if is_registered(error.op):
            kind = f"TensorFlow {registry_version()} has it, so the server is older than the graph"
            remedy = self._newer_server()
        else:
            kind = f"It is a custom op, or newer than TensorFlow {registry_version()}"
            remedy = (
                f"Build the library of {error.op} into the serving image (`serving.dockerfile`), "
                "or export the graph without it."
            )
        return _Explanation(
            what=f"the server does not know the op {error.op} of {where}. {kind}; the graph was "
            f"exported by {self._exporter()}.{beside}",
            expected="ops that production's server has",
            remedy=remedy,
        )

    def _without_kernel(self, error: OpError) -> _Explanation:
        where = f"node {error.node}" if error.node else _places(uses(self._graph, error.op))
        return _Explanation(
            what=f"the server has nothing that runs the op {error.op} of {where} on its devices; "
            "some ops exist for a GPU alone.",
            expected="ops that run on production's devices",
            remedy="Export the graph for the devices that production has, without a GPU's own "
            "layers, or serve with an image for them.",
        )

    def _newer(self, error: OpError) -> _Explanation:
        where = f" at node {error.node}" if error.node else ""
        return _Explanation(
            what=f"the graph holds{where} what the server's TensorFlow is too old to read. It was "
            f"exported by {self._exporter()}.",
            expected="a graph that production's server can read",
            remedy=self._newer_server(),
        )

    def _compiled(self, error: OpError) -> _Explanation:
        marked = [one for one in compiled(self._graph) if error.node in {"", one.node}]
        where = _places(marked) if marked else f"node {error.node}"
        return _Explanation(
            what=f"{where} can only be run by XLA (`jit_compile=True`), which production's server "
            f"has switched off: `serving.flags` in {self._settings.config_file} do not have "
            "--xla_cpu_compilation_enabled.",
            expected="functions that run without XLA, or a server that has it",
            remedy="Export with `jit_compile=False`; or start production's server with "
            "--xla_cpu_compilation_enabled=true and say so in `serving.flags`.",
        )

    def _exporter(self) -> str:
        return f"TensorFlow {self._model.tensorflow_version or 'of an unknown version'}"

    def _newer_server(self) -> str:
        match = re.match(r"\d+\.\d+", self._model.tensorflow_version)
        wanted = f"TF Serving {match[0]} or newer" if match else "a newer TF Serving"
        return f"Serve with {wanted} (`serving.image`), or export with the server's TensorFlow."


def _places(found: Sequence[Use]) -> str:
    """The first few nodes."""
    return listed(found, most=2) if found else "a node"
