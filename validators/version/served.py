"""The version that answers requests which name none."""

from __future__ import annotations

from collections.abc import Iterator

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate
from servegate.facts.production import Production
from servegate.facts.settings import Settings
from servegate.facts.start import Identity
from servegate.findings import Finding, Remark
from servegate.providers import NotApplicable
from servegate.release import refuse_superseded
from servegate.wording import listed


@check(claims=("V06", "V18"))
def served(
    candidate: Candidate, production: Production, settings: Settings, identity: Identity
) -> Outcome:
    """Requests that name no version are answered by the candidate.

    What it checks:
        A server is started as production is configured, on the version tree after the change.
        Then three witnesses are heard: the version that gRPC names in its answer to a request
        without a version, the version in REST's metadata, and whether such an answer differs
        from the candidate's own by more than two answers of the candidate differ.

    Why it matters:
        Clients name no version. A server that answers them from an old one says 200 to all.

    Remedy:
        The finding names what decides: the version policy in `models.config`, or a higher
        number in the tree.
    """
    if settings.staged:
        raise NotApplicable("Not served yet, as `release: staged` declares.")
    refuse_superseded(candidate, production)
    labels = production.head.labels_of(candidate.version)
    expected = production.head.unversioned()
    if labels and expected != candidate.version and identity.names(expected):
        # An experiment, or a release by label: who names no version is answered as configured.
        yield Remark(
            message=f"Version {expected} answers requests that name no version, and "
            f"{candidate.version} by label ({listed(labels)})."
        )
        return
    found = tuple(_witnesses(candidate, production, identity))
    yield from found
    if not found:
        compared = f", and {identity.compared} answers agree" if identity.compared else ""
        yield Remark(message=f"gRPC and REST both name version {candidate.version}{compared}.")


def _witnesses(
    candidate: Candidate, production: Production, identity: Identity
) -> Iterator[Finding]:
    model = production.head.model
    decides = (model.policy_location or model.location) if model else None
    named = {"gRPC": identity.by_grpc, "REST": identity.by_rest}
    wrong = {api: version for api, version in named.items() if version != candidate.version}
    if wrong:
        observed = " and ".join(f"{api} names version {version}" for api, version in wrong.items())
        answering = next(iter(wrong.values()))
        yield Finding(
            message=f"Version {answering} answers, {candidate.version} was expected"
            + (f": {decides} decides." if decides else "."),
            expected=f"version {candidate.version} answers requests that name no version",
            observed=observed,
            remedy="Let production's configuration name the candidate, or give it the highest "
            "number.",
            location=decides,
        )
    elif identity.unlike:
        yield Finding(
            message=f"Requests without a version are not answered as version {candidate.version} "
            f"answers: {identity.unlike}",
            expected=f"the answers of version {candidate.version}",
            observed=identity.unlike,
            remedy="Look for a second model of this name, or a proxy that rewrites requests.",
            location=decides,
        )
