"""What the SavedModel answers without a server, beside what the server answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from servegate.comparison import allowed, moved
from servegate.deadline import Deadline
from servegate.evidence.asking import Interview
from servegate.evidence.interviews import excused
from servegate.facts.change import Baseline, Candidate
from servegate.facts.probes import Probe, Replies
from servegate.facts.reference import Confrontation, Reference
from servegate.facts.serving import Tensors
from servegate.facts.settings import Settings
from servegate.graph.outward import outward_ops
from servegate.providers import NotApplicable, Stage, provides
from servegate.reference.outcome import Answered, NotLoaded, Refused
from servegate.reference.run import run_directly
from servegate.savedmodel.reader import SavedModel
from servegate.tfserving.flags import parse_flags
from servegate.wording import listed

_MOST = 16
# Answers of one signature; they are held twice in files and three times in memory.
_MAX_BYTES = 2**27


@provides(stage=Stage.SERVER)
def reference(
    candidate: Candidate,
    saved_model: SavedModel,
    replies: Replies,
    interview: Interview,
    settings: Settings,
    workspace: Path,
    deadline: Deadline,
) -> Reference:
    """Puts some of the answered probes anew to both, one by one.

    Alone, because what was answered before travelled with others, as no client sends it. A model
    that reaches beyond itself is left to the server, which a container confines.
    """
    if outward := outward_ops(saved_model.ops()):
        raise NotApplicable(
            f"The SavedModel is not run directly: its ops reach beyond it ({listed(outward)})."
        )
    return _reference(candidate.root, replies, interview, settings, workspace, deadline)


@provides(stage=Stage.SERVER)
def baseline_reference(
    baseline: Baseline,
    replies: Replies,
    baseline_interview: Interview,
    settings: Settings,
    workspace: Path,
    deadline: Deadline,
) -> Reference:
    """The same of the base version, on the same probes."""
    with excused(baseline.version):
        return _reference(baseline.root, replies, baseline_interview, settings, workspace, deadline)


def _reference(
    directory: Path,
    replies: Replies,
    interview: Interview,
    settings: Settings,
    workspace: Path,
    deadline: Deadline,
) -> Reference:
    probes = [probe for name, _ in replies for probe in _chosen(replies, name)]
    if not probes:
        raise NotApplicable("No request was answered, and so none was compared.")
    outcome = run_directly(
        directory,
        probes,
        tags=parse_flags(settings.flags).tags,
        workspace=workspace,
        deadline=deadline.within(settings.load_timeout + settings.request_timeout),
    )
    if isinstance(outcome, NotLoaded):
        raise NotApplicable(_why_not(outcome))
    return Reference(
        confrontations=tuple(
            found
            for probe, direct in zip(probes, outcome, strict=True)
            if (found := _confronted(probe, direct, interview, settings)) is not None
        )
    )


def _chosen(replies: Replies, signature: str) -> Iterator[Probe]:
    """The best first; not those of a size at which rounding alone decides the answer."""
    room = _MAX_BYTES
    wanted = [one for one in replies.answered(signature) if one.probe.moderate]
    for number, reply in enumerate(wanted[:_MOST]):
        room -= sum(array.nbytes for array in (reply.outputs or {}).values())
        if number and room < 0:
            return
        yield reply.probe


def _confronted(
    probe: Probe, direct: Answered | Refused, interview: Interview, settings: Settings
) -> Confrontation | None:
    """None where the server refuses the probe on its own: other checks tell of refusals."""
    served = tuple(_asked(probe, interview))
    if not served:
        return None
    if isinstance(direct, Refused):
        return Confrontation(probe=probe, served=served, refusal=direct.reason)
    if moved(direct.outputs[0], served[0], allowed(settings.tolerance)):
        served += tuple(_asked(probe, interview))
    return Confrontation(probe=probe, served=served, direct=direct.outputs)


def _asked(probe: Probe, interview: Interview) -> Iterator[Tensors]:
    yield from (reply.outputs for reply in interview.ask([probe]) if reply.outputs is not None)


def _why_not(outcome: NotLoaded) -> str:
    if outcome.missing_op:
        return (
            "The SavedModel cannot be run directly: it needs the op "
            f"{outcome.missing_op!r}, which the TensorFlow of the gate does not have."
        )
    return f"The SavedModel cannot be run directly: {outcome.reason}"
