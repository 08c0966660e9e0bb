"""The weights are those of the graph, and whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate
from servegate.facts.weights import Weights
from servegate.findings import Finding, Location, NotExamined, Remark, Severity
from servegate.graph.misfits import Misfit, MisfitKind
from servegate.providers import Absent, Later
from servegate.savedmodel.bundle import INDEX, Bundle, Entry, shard_name
from servegate.savedmodel.exports import Mixture
from servegate.savedmodel.fingerprint import FILE as FINGERPRINT
from servegate.savedmodel.shards import unread_bytes
from servegate.savedmodel.unreadable import Unreadable
from servegate.wording import count, listed, size


@check(claims=("P02", "P03", "P14", "G12"))
def weights_complete(
    candidate: Candidate, weights: Weights, baseline_weights: Later[Weights]
) -> Outcome:
    """The checkpoint holds what the graph restores, undamaged.

    What it checks:
        `variables/` has an index and all shards, of the size and with the bytes for which the
        index was written (the CRC-32C of every tensor). Every tensor that the graph restores is in
        it, of the right dtype, and of the shape of its variable. And both are of one export, as
        far as that can be known: `fingerprint.pb` holds a hash of the index, and when the index
        is another version's to the last byte, so are the weights. What does not fit in the base
        version either is advisory, and so is damage to tensors that nothing restores.

    Why it matters:
        TF Serving loads a model whose `variables/` was never committed, reports it AVAILABLE, and
        fails every request. Weights of another export that happen to have the same shapes are
        loaded without a word, and the old model answers under the new number.

    Remedy:
        Commit saved_model.pb, variables/ and fingerprint.pb of one and the same export.
    """
    if not weights.present:
        if weights.needed:
            yield _weightless(candidate, weights.needed)
        return
    for problem in weights.problems:
        yield _unreadable(candidate, problem)
    if weights.bundle is not None:
        yield from _damage(candidate, weights, weights.bundle)
        if unread := unread_bytes(weights.bundle):
            yield NotExamined(what=f"the checksums of the last {size(unread)} of the weights")
    if weights.misfits:
        yield from _unfitting(candidate, weights.misfits, baseline_weights)
    elif weights.mixture is not None:
        yield _mixed(candidate, weights.mixture)


def _weightless(candidate: Candidate, needed: Sequence[str]) -> Finding:
    return Finding(
        message=f"The weights are missing: {candidate.place}/{INDEX} is not there, and the graph "
        f"restores {count(len(needed), 'variable')}. TF Serving would report the model AVAILABLE "
        "and fail every request.",
        expected=f"{INDEX} and its shards, with {listed(needed, most=3)}",
        observed=f"no {INDEX}",
        remedy="Commit the directory variables/ as it was exported; look whether .gitignore "
        "names it.",
        location=Location(file=f"{candidate.place}/{INDEX}"),
    )


def _unreadable(candidate: Candidate, problem: Unreadable) -> Finding:
    return Finding(
        message=f"{candidate.place}/{problem.sentence} TF Serving would refuse to load the "
        "version.",
        expected="the weights as they were exported",
        observed=f"{problem.file} {problem.what}",
        remedy=problem.remedy,
        location=Location(file=f"{candidate.place}/{problem.file}"),
    )


def _damage(candidate: Candidate, weights: Weights, bundle: Bundle) -> Iterator[Finding]:
    """One finding for what is restored, and one for what nothing restores."""
    names = {one.name for one in weights.unrestored()}
    used = [one for one in weights.corrupt if one.name not in names]
    unused = [one for one in weights.corrupt if one.name in names]
    if used:
        yield _damaged(candidate, bundle, used)
    if unused:
        yield _damaged(candidate, bundle, unused, Severity.ADVISORY)


def _damaged(
    candidate: Candidate,
    bundle: Bundle,
    found: Sequence[Entry],
    severity: Severity | None = None,
) -> Finding:
    file = f"{candidate.place}/{shard_name(found[0].shard, bundle.shards)}"
    consequence = (
        "Nothing restores that, so a server does not notice."
        if severity is Severity.ADVISORY
        else "TF Serving would refuse to load the version: `Checksum does not match`."
    )
    return Finding(
        message=f"{file} is damaged: the bytes of {count(len(found), 'tensor')} are not those "
        f"that {INDEX} was written for. {consequence}",
        expected=f"the CRC-32C that {INDEX} holds",
        observed=f"another one for {listed((one.name for one in found), most=3)}",
        remedy=f"Copy {file} again from where the model was exported, as a binary file.",
        location=Location(file=file),
        severity=severity,
    )


_REFUSED = "TF Serving would refuse to load the version"
_TEXTS = {
    MisfitKind.MISSING: (
        "restores what the weights do not hold",
        f"{_REFUSED}: `Key … not found in checkpoint`.",
    ),
    MisfitKind.DTYPE: ("restores what has another dtype in the weights", f"{_REFUSED}."),
    MisfitKind.PARTITIONED: ("restores parts of what has another shape", f"{_REFUSED}."),
    MisfitKind.SHAPE: (
        "has variables of other shapes than the weights",
        f"{_REFUSED}, or load it and fail the requests that need them.",
    ),
}


def _unfitting(
    candidate: Candidate, found: Iterable[Misfit], baseline_weights: Later[Weights]
) -> Iterator[Finding]:
    """One finding for each kind, and one for those of the kind that the base version has too."""
    try:
        before = {(one.kind, one.name) for one in baseline_weights().misfits}
    except Absent:
        before = set()
    for kind in MisfitKind:
        of_kind = [one for one in found if one.kind is kind]
        new = [one for one in of_kind if (kind, one.name) not in before]
        old = [one for one in of_kind if (kind, one.name) in before]
        if new:
            yield _unfit(candidate, new)
        if old:
            yield _unfit(candidate, old, Severity.ADVISORY)


def _unfit(
    candidate: Candidate, found: Sequence[Misfit], severity: Severity | None = None
) -> Finding:
    what, consequence = _TEXTS[found[0].kind]
    inherited = " The base version is the same." if severity is Severity.ADVISORY else ""
    return Finding(
        message=f"The graph of version {candidate.version} {what}: "
        f"{listed((one.name for one in found), most=3)}. {consequence}{inherited}",
        expected=listed((f"{one.name} {one.wanted}".rstrip() for one in found), most=3),
        observed=f"in {INDEX}: "
        + listed((f"{one.name} {one.held or 'is missing'}" for one in found), most=3),
        remedy="Commit saved_model.pb and variables/ of one and the same export.",
        location=Location(file=f"{candidate.place}/{INDEX}"),
        severity=severity,
        evidence={"kind": found[0].kind.value, "tensors": [one.name for one in found[:100]]},
    )


def _mixed(candidate: Candidate, mixture: Mixture) -> Finding | Remark:
    if mixture.origin is None:
        return Remark(
            message=f"{FINGERPRINT} was written for another {INDEX}: the weights were changed "
            "after the export."
        )
    origin = mixture.origin.name
    return Finding(
        message=f"Version {candidate.version} has the weights of version {origin}: {INDEX} is the "
        f"same to the last byte, and {FINGERPRINT} was written for another one. The old weights "
        f"would answer under the number {candidate.version}.",
        expected=f"the {INDEX} that {FINGERPRINT} was written for",
        observed=f"that of {origin}/",
        remedy=f"Copy variables/ of the new export to {candidate.place}/. If the graph is meant to "
        f"be served with the old weights, leave {FINGERPRINT} out.",
        location=Location(file=f"{candidate.place}/{INDEX}"),
    )
