"""The server's answers against those of the SavedModel without a server."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from servegate.checks import Outcome, check
from servegate.comparison import Difference, allowed, difference, is_inexact, moved
from servegate.facts.change import Candidate, ModelChange
from servegate.facts.probes import Probe
from servegate.facts.reading import GraphReading
from servegate.facts.reference import Confrontation, Reference
from servegate.facts.serving import Array
from servegate.facts.settings import Settings, Tolerance
from servegate.findings import Finding, Location, Remark, Severity
from servegate.providers import Absent, Later, NotApplicable
from servegate.wording import count, listed

# Of an input that was made up nobody knows whether the model is well conditioned there: rounding
# can grow. It does not grow to this.
_BEYOND_ROUNDING = Tolerance(relative=0.05, absolute=1e-6)

_BATCHING_FLAGS = ("--enable_batching", "--batching_", "--enable_per_model_batching")
_UNBATCH = (
    "Take the batch out of the model's computation (a softmax, a normalisation or a rank along "
    "axis 0), or the padding out of production's batching parameters (`allowed_batch_sizes`)."
)
_DROP_FLAGS = "Start production without these flags, or one by one, to see which of them it is."
_NO_FLAGS = (
    "Compare the server's version of TensorFlow and its processor with those of the gate; set "
    "`tolerance:` for this model if the difference is harmless."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Apart:
    """One output that one probe shows to differ."""

    output: str
    probe: Probe
    difference: Difference
    inexact: bool
    beyond_rounding: bool


@check(claims=("F02", "N04"))
def served_equals_reference(
    candidate: Candidate,
    change: ModelChange,
    reference: Reference,
    graph_reading: GraphReading,
    settings: Settings,
    baseline_reference: Later[Reference],
) -> Outcome:
    """The server answers as the SavedModel does without it.

    What it checks:
        Up to 16 requests of every signature that the server has answered are put to it again,
        one by one, and to the SavedModel loaded into a plain TensorFlow session, in a process of
        its own. The answers are equal within `tolerance`, or the noise of the dtype. Outputs that
        are random, or that requests change, are left out; so is a class that differs while
        the scores beside it agree. A small difference on a made-up input only informs, and so
        does a difference that the base version shows too.

    Why it matters:
        Production's flags can change answers. Padding to an allowed batch size does when a model
        computes across its batch; reduced precision moves every score a little.
        Everybody who tries the model without the server sees it right.

    Remedy:
        The finding names the flags that production's server is started with.
    """
    flags = tuple(flag.replace(f"{change.root}/", "") for flag in settings.flags)
    compared = 0
    for signature in reference.signatures():
        confronted = [one for one in reference.of_signature(signature) if one.direct]
        changing = _changing(confronted, settings.tolerance) | graph_reading.changeable(signature)
        apart = [found for one in confronted for found in _apart(one, changing, settings.tolerance)]
        steady = [one for one in confronted if set(one.direct[0]) - changing]
        compared += len(steady)
        if apart:
            before = _before(signature, baseline_reference, settings.tolerance)
            yield _finding(candidate, apart, len(steady), flags, settings, before)
        yield from _remarks(signature, reference, changing)
    if not compared:
        raise NotApplicable(_why_not(reference))
    yield Remark(message=f"{count(compared, 'answer')} compared with the SavedModel run directly.")


def _changing(confronted: Sequence[Confrontation], tolerance: Tolerance | None) -> frozenset[str]:
    """The outputs in which two answers of one side differ."""
    return frozenset(
        name
        for one in confronted
        for answers in (one.direct, one.served)
        for again in answers[1:]
        for name in moved(answers[0], again, allowed(tolerance))
    )


def _apart(
    one: Confrontation, changing: frozenset[str], tolerance: Tolerance | None
) -> Iterator[_Apart]:
    served, direct = one.served[0], one.direct[0]
    found = {
        name: apart
        for name in sorted((served.keys() & direct.keys()) - changing)
        if (apart := difference(served[name], direct[name], tolerance)) is not None
    }
    scores = {name for name in direct.keys() - changing if is_inexact(direct[name])}
    for name, apart in found.items():
        if name not in scores and scores and not scores & found.keys():
            continue  # a tie of an arg-max: the scores do not say which of the two it is
        yield _Apart(
            output=name,
            probe=one.probe,
            difference=apart,
            inexact=name in scores,
            beyond_rounding=_is_beyond_rounding(served[name], direct[name], tolerance),
        )


def _is_beyond_rounding(served: Array, direct: Array, tolerance: Tolerance | None) -> bool:
    wide = allowed(tolerance)(direct)
    widest = Tolerance(
        relative=max(wide.relative, _BEYOND_ROUNDING.relative),
        absolute=max(wide.absolute, _BEYOND_ROUNDING.absolute),
    )
    return difference(served, direct, widest) is not None


def _before(
    signature: str, baseline_reference: Later[Reference], tolerance: Tolerance | None
) -> frozenset[str]:
    try:
        confronted = [one for one in baseline_reference().of_signature(signature) if one.direct]
    except Absent:
        return frozenset()
    changing = _changing(confronted, tolerance)
    return frozenset(
        found.output for one in confronted for found in _apart(one, changing, tolerance)
    )


def _finding(
    candidate: Candidate,
    apart: Sequence[_Apart],
    compared: int,
    flags: Sequence[str],
    settings: Settings,
    before: frozenset[str],
) -> Finding:
    """`before` are the outputs in which the base version's server differs already."""
    by_output: dict[str, list[_Apart]] = defaultdict(list)
    for one in apart:
        by_output[one.output].append(one)
    proven = [found for found in by_output.values() if _is_proof(found)]
    telling = [found for found in proven if found[0].output not in before]
    shown = listed(_sentences(telling or list(by_output.values())), most=3)
    first = (telling or list(by_output.values()))[0][0]
    asked = len({one.probe.label for one in apart})
    started = f" The server is started with {listed(flags)}." if flags else ""
    inherited = " The base version does so too." if proven and not telling else ""
    return Finding(
        message=f"Signature {first.probe.signature!r} of version {candidate.version} answers "
        f"otherwise in the server than the SavedModel does without it: {shown}; "
        f"{asked} of {count(compared, 'request')}.{started}{inherited}",
        expected=f"what the SavedModel answers to {first.probe.label} when it is run directly: "
        f"{first.difference.right}",
        observed=f"the server's answer: {first.difference.left}",
        remedy=_remedy(flags),
        location=Location(file=settings.config_file if flags else candidate.place),
        severity=None if telling else Severity.ADVISORY,
        evidence=_evidence(by_output, flags),
    )


def _is_proof(found: Sequence[_Apart]) -> bool:
    """Whether one output's differences fail the candidate.

    A lone class that differs once may be a tie that no score beside it shows.
    """
    certain = [one for one in found if one.probe.plausible or one.beyond_rounding]
    return bool(certain) and (certain[0].inexact or len(certain) > 1)


def _sentences(found: Sequence[Sequence[_Apart]]) -> Iterator[str]:
    for differing in found:
        first = differing[0]
        yield f"output {first.output!r} is {first.difference} for {first.probe.label}"


def _remedy(flags: Sequence[str]) -> str:
    if any(flag.startswith(_BATCHING_FLAGS) for flag in flags):
        return _UNBATCH
    return _DROP_FLAGS if flags else _NO_FLAGS


def _evidence(
    by_output: Mapping[str, Sequence[_Apart]], flags: Sequence[str]
) -> Mapping[str, object]:
    return {
        "flags": list(flags),
        "largest": {
            name: max(one.difference.largest for one in found) for name, found in by_output.items()
        },
        "probes": {name: [one.probe.label for one in found] for name, found in by_output.items()},
    }


def _remarks(signature: str, reference: Reference, changing: frozenset[str]) -> Iterator[Remark]:
    if changing:
        yield Remark(
            message=f"Signature {signature!r}: {listed(map(repr, sorted(changing)))} may rightly "
            "differ from run to run and was not compared."
        )
    refused = [one for one in reference.of_signature(signature) if one.refusal]
    if refused:
        yield Remark(
            message=f"Signature {signature!r}: {count(len(refused), 'request')} that the server "
            f"answers cannot be run directly: {refused[0].refusal}"
        )


def _why_not(reference: Reference) -> str:
    refusal = next((one.refusal for one in reference.confrontations if one.refusal), "")
    if refusal:
        return f"No request could be run directly: {refusal}"
    if not reference.confrontations:
        return "The server refuses one by one what it has answered together."
    return "Every output may rightly differ from run to run."
