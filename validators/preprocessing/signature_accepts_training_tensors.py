"""What training makes of an example, sent to the candidate."""

from __future__ import annotations

from collections.abc import Sequence

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate
from servegate.facts.examples import Fitted, FittedExamples
from servegate.facts.probes import Replies, Reply
from servegate.findings import Finding, Location, Remark
from servegate.wording import count


@check(claims=("C02", "C03"))
def signature_accepts_training_tensors(
    candidate: Candidate, example_tensors: FittedExamples, replies: Replies
) -> Outcome:
    """The candidate's signature takes the tensors that training makes.

    What it checks:
        The tensors of every example (recorded, or made by the `training:` callable) by name and
        dtype against the candidate's signature, and then by sending them: the server's answer
        decides about shapes, since signatures do not always tell the truth about them.

    Why it matters:
        A model that was trained on one set of tensors and exported with another signature
        refuses its own clients, or has its input converted into something else.

    Remedy:
        Export the model with the signature that training feeds, or change the client and the
        examples in the same pull request.
    """
    replied = {one.probe.label: one for _, asked in replies for one in asked if one.probe.plausible}
    wrong = [
        (fitted, problem)
        for fitted in example_tensors.fitted
        if (problem := _problem(fitted, replied)) is not None
    ]
    if wrong:
        yield _finding(candidate, example_tensors, wrong)
    else:
        yield Remark(message=f"{count(len(example_tensors.fitted), 'example')} accepted.")


def _problem(fitted: Fitted, replied: dict[str, Reply]) -> str | None:
    if fitted.probe is None:
        return "; ".join(fitted.problems)
    reply = replied.get(fitted.probe.label)
    if reply is None or reply.answered:
        return None
    return "; ".join([*fitted.problems, f"the server answers: {reply.refusal}"])


def _finding(
    candidate: Candidate, examples: FittedExamples, wrong: Sequence[tuple[Fitted, str]]
) -> Finding:
    first, problem = wrong[0]
    return Finding(
        message=f"Signature {first.signature!r} of version {candidate.version} does not take "
        f"{examples.source} of {len(wrong)} of {count(len(examples.fitted), 'example')}. "
        f"Example {first.example.number}: {problem}",
        expected=f"signature {first.signature!r} takes {examples.source}",
        observed=f"example {first.example.number}: {problem}",
        remedy="Export the model with the signature that training feeds, or change client and "
        "examples in the same pull request.",
        location=examples.location
        or Location(file=first.example.location.file, line=first.example.location.line),
        evidence={"examples": [one.example.number for one, _ in wrong[:100]]},
    )
