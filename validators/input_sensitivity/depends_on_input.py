"""Is there a path in the graph from any input to each output."""

from __future__ import annotations

import json
from collections.abc import Iterator

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate
from servegate.facts.reading import GraphReading
from servegate.facts.settings import Settings
from servegate.findings import Finding, Location, Remark, Severity
from servegate.graph.cut import CutKind
from servegate.graph.dependence import Dependence, Influence, OutputDependence
from servegate.graph.ops import Source
from servegate.providers import NotApplicable
from servegate.savedmodel.signatures import Signature
from servegate.wording import listed

# What a graph reads in place of the request.
_OWN_DATA = frozenset({Source.ITERATOR, Source.QUEUE, Source.FILE})
_RECONNECT = (
    "Look for a constant, a cut branch or a placeholder of the training script at these nodes, "
    "connect the input and export again."
)
_CLASSIFY = "tensorflow/serving/classify"


@check(claims=("G01", "G03", "G10"))
def depends_on_input(
    candidate: Candidate, settings: Settings, graph_reading: GraphReading
) -> Outcome:
    """Every output depends on an input.

    What it checks:
        The graph of every signature, through functions, loops, tables and variables: whether a
        path leads from the values of any input to each output. An input of which only the shape
        is used (`tf.ones_like(x) * 0.5`) has no such path. "No path" is a proof; that there is a
        path proves nothing, which is why answers are measured as well. Label lists and other
        constant outputs that are not scores are advisory beside outputs that do depend. Outputs
        that are declared under `sensitivity: constant_outputs:` pass.

    Why it matters:
        A constant left in from debugging, a branch that was cut, a layer that was never
        connected: the model answers the same to everybody.

    Remedy:
        The finding names the nodes where the paths end. Connect the input there and export
        again.
    """
    examined = 0
    for signature, dependence in graph_reading.dependences:
        if signature.inputs:
            examined += 1
            yield from _of_signature(candidate, settings, signature, dependence)
    for name, problem in graph_reading.broken:
        yield Finding(
            message=f"Signature {name!r} names something that is not in the graph: {problem}",
            expected="signatures whose tensors exist",
            observed=problem,
            remedy="Export the model again.",
            location=Location(file=candidate.place),
        )
    if not examined and not graph_reading.broken:
        raise NotApplicable("No signature of the model has an input.")


def _of_signature(
    candidate: Candidate, settings: Settings, signature: Signature, dependence: Dependence
) -> Iterator[Finding | Remark]:
    declared = {one.name: one.reason for one in settings.constant_outputs}
    # Who declares all of them constant has a model that is deaf.
    expected = [one for one in dependence.outputs if one.name not in declared] or [
        *dependence.outputs
    ]
    dead = [
        one for one in expected if _is_dead(one, signature) and not _is_label_list(one, signature)
    ]
    for name in sorted(declared.keys() & {one.name for one in dependence.outputs}):
        yield Remark(message=f"{name!r} may be constant, as declared: {declared[name]}")
    scores = [one for one in dead if _is_score(one, signature)]
    if len(dead) == len(expected) and dead:
        yield _finding(candidate, signature, dead, None, _RECONNECT)
    elif scores:
        yield _finding(candidate, signature, scores, None, _RECONNECT + _declaration(scores))
    elif dead:
        yield _finding(candidate, signature, dead, Severity.ADVISORY, _declaration(dead).strip())


def _is_label_list(output: OutputDependence, signature: Signature) -> bool:
    """The classes of a classify signature are the same for everybody, in the order of the scores.

    Source: `SignatureDefs for Classify` in tensorflow/serving's docs/signature_defs.md.
    """
    has_scores = signature.output("scores") is not None
    return signature.method == _CLASSIFY and output.name == "classes" and has_scores


def _is_dead(output: OutputDependence, signature: Signature) -> bool:
    """No value reaches it; where only a shape does, it must be one that tells nothing of a row."""
    if output.strongest is Influence.VALUE or _counts(output):
        return False
    if output.strongest is Influence.NONE:
        return True
    shaping = [spec for spec in signature.inputs if output.inputs.get(spec.name) is Influence.SHAPE]
    return all(spec.shape is not None and None not in spec.shape[1:] for spec in shaping)


def _counts(output: OutputDependence) -> bool:
    """Whether earlier requests move it; an iterator that moves on is not moved by requests."""
    return bool(output.state) and all(one.source not in _OWN_DATA for one in output.sources)


def _is_score(output: OutputDependence, signature: Signature) -> bool:
    spec = signature.output(output.name)
    return spec is not None and spec.dtype in {"float32", "float64", "float16", "bfloat16"}


def _declaration(dead: list[OutputDependence]) -> str:
    outputs = json.dumps(dict.fromkeys((one.name for one in dead), "why"), ensure_ascii=False)
    return (
        " If it is meant to be so, say it in servegate.yml: "
        f"sensitivity: {{constant_outputs: {outputs}}}."
    )


def _ends(dead: list[OutputDependence]) -> list[str]:
    """The nodes where the paths end. Weights are among them in every model: they explain least."""
    cuts = [cut for one in dead for cut in one.cut]
    telling = [cut for cut in cuts if cut.kind is not CutKind.VARIABLE] or cuts
    return list(dict.fromkeys(f"{cut.node} ({cut.kind.value})" for cut in telling))


def _finding(
    candidate: Candidate,
    signature: Signature,
    dead: list[OutputDependence],
    severity: Severity | None,
    remedy: str,
) -> Finding:
    names = listed(repr(one.name) for one in dead)
    ends = _ends(dead)
    inputs = listed(repr(one.name) for one in signature.inputs)
    return Finding(
        message=f"No input can influence {names} of signature {signature.name!r}: the answer is "
        "the same for everybody.",
        expected=f"a path from {inputs} to {names}",
        observed=f"every path ends at {listed(ends) or 'a constant'}",
        remedy=remedy,
        location=Location(file=candidate.place),
        severity=severity,
        evidence={"outputs": [one.name for one in dead], "ends": ends[:50]},
    )
