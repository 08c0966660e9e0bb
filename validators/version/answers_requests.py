"""Loading is not answering."""

from __future__ import annotations

from collections.abc import Sequence

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate
from servegate.facts.probes import Provenance, Replies, Reply
from servegate.findings import Finding, Location, NotExamined
from servegate.providers import Absent, Later, NotApplicable
from servegate.tfserving.op_errors import op_error

# A model whose variables were never restored says so whatever it is asked. Source: the texts of
# ReadVariableOp (TF2) and of TF1's uninitialised variables and tables.
_NO_INPUT_HELPS = (
    "Could not find variable",
    "uninitialized value",
    "Table not initialized",
    "Could not find resource",
    "You must feed a value for placeholder",
    "not found in signature def",
    "is not an element of this graph",
    "FetchOutputs node",
)


@check(claims=("S03",))
def answers_requests(
    candidate: Candidate, replies: Replies, baseline_replies: Later[Replies]
) -> Outcome:
    """The candidate answers requests.

    What it checks:
        Every signature is asked: with the team's examples, with the model's own warm-up
        records, and with inputs made from the signature. A refused warm-up record fails the
        candidate. Made-up inputs may be refused by a healthy model; they count when the candidate
        answers nothing at all and the base version answers them, or when the server's reason has
        nothing to do with the input. (Examples: preprocessing/signature-accepts-training-tensors.)

    Why it matters:
        TF Serving reports AVAILABLE for models that fail every request, a model without its
        variables among them.

    Remedy:
        The finding carries the server's own reason.
    """
    said = [
        told
        for _signature, replied in replies
        if (told := _of_signature(candidate, replied, baseline_replies)) is not None
    ]
    answered = any(one.answered for _signature, replied in replies for one in replied)
    unclear = [one for one in said if isinstance(one, NotExamined)]
    if unclear and unclear == said and not answered:
        raise NotApplicable(unclear[0].what, enable=unclear[0].enable)
    yield from said


def _of_signature(
    candidate: Candidate, replied: Sequence[Reply], baseline_replies: Later[Replies]
) -> Finding | NotExamined | None:
    # Examples are the preprocessing validator's: it knows what training made of them.
    asked = [one for one in replied if one.probe.provenance is not Provenance.EXAMPLE]
    refused = [one for one in asked if not one.answered]
    if refused and op_error(refused[0].refusal):
        return None  # version/ops-are-served tells what the server lacks
    recorded = [one for one in refused if one.probe.plausible]
    if recorded:
        return _finding(candidate, recorded, "warm-up records")
    if not refused or any(one.answered for one in replied):
        return None
    accused = _accused(refused, baseline_replies)
    return _finding(candidate, *accused) if accused else _not_examined(refused)


def _accused(
    refused: Sequence[Reply], baseline_replies: Later[Replies]
) -> tuple[Sequence[Reply], str] | None:
    """The refusals that prove something, in words too; None when the inputs may be at fault."""
    if any(words in one.refusal for one in refused for words in _NO_INPUT_HELPS):
        return refused, "every input alike"
    signature = refused[0].probe.signature
    try:
        labels = {one.probe.label for one in baseline_replies().answered(signature)}
    except Absent:
        return None
    before = [one for one in refused if one.probe.label in labels]
    if len(before) > len(refused) // 2:
        return before, "inputs that the base version answers"
    return None


def _not_examined(refused: Sequence[Reply]) -> NotExamined:
    first = refused[0]
    return NotExamined(
        what=f"signature {first.probe.signature!r} refuses all {len(refused)} made-up inputs, as "
        f"a healthy model may: {first.refusal}",
        enable="give `examples:` for this model in servegate.yml",
    )


def _finding(candidate: Candidate, refused: Sequence[Reply], kind: str) -> Finding:
    first = refused[0]
    return Finding(
        message=f"Signature {first.probe.signature!r} of version {candidate.version} refuses "
        f"{kind} ({len(refused)}): {first.refusal}",
        expected="an answer",
        observed=f"{first.probe.label}: {first.refusal}",
        remedy="Ask the model once where it was trained, through this signature.",
        location=Location(file=candidate.place),
    )
