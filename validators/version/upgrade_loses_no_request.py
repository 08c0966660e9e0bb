"""Clients notice nothing of an upgrade."""

from __future__ import annotations

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate
from servegate.facts.rehearsal import Asked, Rehearsal
from servegate.findings import Finding, Location, Remark
from servegate.providers import Blocked
from servegate.wording import count

_SHOWN = 20
_MEBIBYTE = 2**20


@check(claims=("R03",))
def upgrade_loses_no_request(candidate: Candidate, rehearsal: Rehearsal) -> Outcome:
    """No request fails while the candidate takes over.

    What it checks:
        In the rehearsal of the upgrade (see upgrade-happens) clients ask all the while, twenty-five
        times a second from each of two threads. Every request has to be answered, by whichever
        version. The slowest answer is reported. With `serving.memory` a server that is killed for
        needing more fails the candidate. That a version refuses an input is another check's.

    Why it matters:
        TF Serving loads the new version before it drops the old one, so both are in memory at
        once: a server that was large enough for either may be killed, and every client sees it.

    Remedy:
        The finding says what happened to the requests. For memory: a larger limit, a smaller
        model, or fresh servers for every deployment (`rollout: image`).
    """
    if rehearsal.killed:
        yield _killed(candidate, rehearsal)
        return
    if rehearsal.switched is None:
        raise Blocked(rehearsal.failure, by="version/upgrade-happens")
    lost = tuple(rehearsal.timeline.lost(until=rehearsal.switched))
    if lost:
        yield _lost(candidate, rehearsal, lost)
        return
    asked = [one for one in rehearsal.timeline.asked if one.at <= rehearsal.switched]
    slowest = max((one.seconds for one in asked), default=0.0)
    yield Remark(
        message=f"{count(len(asked), 'request')} up to the switch, none lost; the slowest took "
        f"{slowest * 1000:.0f} ms.{_memory(rehearsal)}"
    )


def _memory(rehearsal: Rehearsal) -> str:
    amounts = [one.amount for one in rehearsal.timeline.memory]
    return f" The server held {max(amounts) // _MEBIBYTE} MiB at most." if amounts else ""


def _lost(candidate: Candidate, rehearsal: Rehearsal, lost: tuple[Asked, ...]) -> Finding:
    asked = len(rehearsal.timeline.asked)
    first = lost[0]
    return Finding(
        message=f"{len(lost)} of {asked} requests got no answer while version "
        f"{candidate.version} took over: {first.trouble}",
        expected="every request is answered, by the old version or by the new one",
        observed=f"{first.trouble} after {first.seconds:.2f} s, "
        f"{first.at - rehearsal.delivered:+.2f} s from the delivery",
        remedy="Ask production's server for the same while it loads the version once; a first "
        "answer that is slow is mended by warm-up requests in assets.extra/.",
        location=Location(file=candidate.place),
        evidence={
            "lost": [
                {"at": one.at, "seconds": one.seconds, "trouble": one.trouble}
                for one in lost[:_SHOWN]
            ],
            "count": len(lost),
        },
    )


def _killed(candidate: Candidate, rehearsal: Rehearsal) -> Finding:
    amounts = [one.amount for one in rehearsal.timeline.memory]
    seen = f"; {max(amounts) // _MEBIBYTE} MiB were seen before" if amounts else ""
    return Finding(
        message=f"The server is killed when version {candidate.version} is loaded beside "
        f"{rehearsal.base}: {rehearsal.failure.rstrip('.')}. In production every request would "
        "fail until it is started again.",
        expected="both versions fit into `serving.memory` while they change hands",
        observed=f"{rehearsal.failure.rstrip('.')}{seen}",
        remedy="Give production's server more memory (and `serving.memory` here), make the model "
        "smaller, or deploy fresh servers: `serving: {rollout: image}`.",
        location=Location(file=candidate.place),
    )
