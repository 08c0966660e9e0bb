"""A running server goes over to the candidate."""

from __future__ import annotations

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate
from servegate.facts.production import Production
from servegate.facts.rehearsal import Rehearsal
from servegate.facts.settings import Settings
from servegate.findings import Finding, Location, Remark
from servegate.tfserving.flags import parse_flags
from servegate.timeline import as_evidence

_POLL = "file_system_poll_wait_seconds"


@check(claims=("V10", "V13", "V18"))
def upgrade_happens(
    candidate: Candidate, production: Production, settings: Settings, rehearsal: Rehearsal
) -> Outcome:
    """A server that runs goes over to the candidate.

    What it checks:
        The upgrade is rehearsed: a server is started as production has it before the change, with
        its versions, policy, labels and flags, and clients ask it all the while. Then the candidate
        is brought as a deployment does (a complete directory, renamed into place), and where the
        change alters the model's entry in `models.config`, the configuration is reloaded. Within
        `serving.load_timeout` requests that name no version have to be answered by the candidate,
        and the versions that it replaces have to be gone. The report draws what happened.

    Why it matters:
        A server that starts with a broken version stops, and everybody sees it. A server that
        runs skips it, writes a line to its log, and goes on answering from the old version: 200
        to everything, for ever.

    Remedy:
        The finding carries the server's own reason.
    """
    evidence = as_evidence(rehearsal)
    if rehearsal.switched is not None:
        yield Remark(message=_told(rehearsal), evidence=evidence)
        return
    waiting = not _looks(production)
    yield Finding(
        message=f"A running server does not go over to version {candidate.version}: "
        f"{rehearsal.failure.rstrip('.')}. "
        + _instead(rehearsal)
        + (f" Production's flag --{_POLL} keeps it from looking for new versions." * waiting),
        expected=f"version {candidate.version} takes over within {settings.load_timeout:.3g} "
        "seconds",
        observed=_observed(rehearsal),
        remedy=_remedy(candidate, settings, waiting=waiting, killed=rehearsal.killed),
        location=Location(file=settings.config_file if waiting else candidate.place),
        evidence=evidence,
    )


def _looks(production: Production) -> bool:
    """Whether production looks for new versions more than once."""
    return parse_flags(production.flags).number(_POLL) > 0


def _told(rehearsal: Rehearsal) -> str:
    took = (rehearsal.switched or 0.0) - rehearsal.delivered
    notes = "".join(f" {one}" for one in rehearsal.notes)
    return (
        f"Version {rehearsal.candidate} took over from {rehearsal.base} within {took:.1f} s of "
        f"being delivered.{notes}"
    )


def _instead(rehearsal: Rehearsal) -> str:
    if rehearsal.killed:
        return "The server is down."
    return f"In production version {rehearsal.base} would go on answering, without an error."


def _observed(rehearsal: Rehearsal) -> str:
    last = {one.version: one for one in rehearsal.timeline.states}
    states = ", ".join(
        f"version {one.version} is {one.state}" + (f" ({one.error})" if one.error else "")
        for one in last.values()
    )
    return states or "the server knows no version"


def _remedy(candidate: Candidate, settings: Settings, *, waiting: bool, killed: bool) -> str:
    if waiting:
        return (
            f"Remove --{_POLL} from `serving.flags`, or give it a positive number; where every "
            "deployment starts a fresh server, say `serving: {rollout: image}`."
        )
    if killed:
        return (
            "Raise `serving.memory` in production and here: while versions change hands both are "
            "in memory. Or deploy fresh servers (`rollout: image`)."
        )
    return (
        f"Mend what the server says of {candidate.place}; if it only needs longer, raise "
        f"`serving.load_timeout` in {settings.config_file}."
    )
