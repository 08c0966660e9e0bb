"""A version that is overwritten under its old number is never reloaded."""

from __future__ import annotations

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate, Event, ModelChange
from servegate.facts.production import Production
from servegate.facts.settings import Rollout, Settings
from servegate.findings import Finding, Location, Remark
from servegate.providers import NotApplicable
from servegate.tfserving.served_files import is_served
from servegate.wording import listed


@check(claims=("V04",))
def not_changed_in_place(
    candidate: Candidate, change: ModelChange, production: Production, settings: Settings
) -> Outcome:
    """No version keeps its number while its files change.

    What it checks:
        Whether files that a server reads differ from the base commit in a version directory that
        both have, also where the directory is a link that leads elsewhere now. Files that no
        server reads (a README, recorded examples) may change, and so may a version that production
        has not loaded before the change (one that is staged, or kept beside the pinned one).

    Why it matters:
        A running server compares version numbers and never contents. It goes on answering from
        what it loaded before, while a server that is restarted answers from the new files: the
        same version number then means two models.

    Remedy:
        Restore the old files and add the new model under the next number. Teams whose
        deployments start a fresh container each time say `rollout: image` in `servegate.yml`.
    """
    if settings.rollout is Rollout.IMAGE:
        raise NotApplicable("With `rollout: image` a fresh server starts and reads the new files.")
    child = change.child(candidate.directory)
    if child is None or child.event is not Event.CHANGED:
        return
    if production.base is not None and candidate.version not in production.base.aspired:
        yield Remark(message="Changed in place, and not loaded by production before.")
        return
    prefix = f"{candidate.place}/"
    changed = [file.removeprefix(prefix) for file in child.files]
    served = [file for file in changed if is_served(file) or file == candidate.place]
    if not served:
        yield Remark(message="Only files that no server reads changed in place.")
        return
    highest = change.head_names.highest()
    following = candidate.version + 1 if highest is None else highest.version + 1
    yield Finding(
        message=f"Version {candidate.version} was changed in place: a running server never "
        "reloads a number it has. Production goes on answering from the old files until it is "
        "restarted.",
        expected=f"the files of {candidate.place} as they were",
        observed=f"changed: {listed(served)}",
        remedy=f"Restore {candidate.place} and add the new model as {following}. If every "
        "deployment starts a fresh container, set `serving: {rollout: image}` in servegate.yml.",
        location=Location(
            file=candidate.place if served[0] == candidate.place else f"{prefix}{served[0]}"
        ),
        evidence={"files": served[:100]},
    )
