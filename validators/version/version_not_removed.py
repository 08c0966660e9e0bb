"""A served version that disappears without a successor."""

from __future__ import annotations

from servegate.checks import Outcome, check
from servegate.facts.change import ModelChange
from servegate.facts.production import Production
from servegate.findings import Finding, Location
from servegate.providers import NotApplicable


@check(claims=("V16",))
def version_not_removed(change: ModelChange, production: Production) -> Outcome:
    """The version that answers does not fall back to an older one.

    What it checks:
        The version that answers requests which name none, before and after the change, by
        production's policy. Old versions may be deleted; it fails only if the answering number
        falls, or if nothing is left to answer, without a configuration that names the older one.

    Why it matters:
        A server that no longer finds its highest version goes back to the next lower one
        without a word: a deletion is a roll-back.

    Remedy:
        Restore the version directory. For a deliberate roll-back, name the older version in
        `models.config` (`specific { versions: … }`), or add an `accept:` entry.
    """
    if production.base is None:
        raise NotApplicable("No base commit is known, so nothing is known to have been removed.")
    before = production.base.unversioned()
    if before is None:
        raise NotApplicable("Production served no version of this model before.")
    after = production.head.unversioned()
    if production.head.model is None or (after is not None and after >= before):
        return
    directory = change.base_names.named(before)
    if directory is None or change.head_names.named(before) is not None:
        return
    place = directory.name if change.path == "." else f"{change.path}/{directory.name}"
    if after is not None and production.head.pins(after):
        return
    outcome = f"version {after} answers again" if after is not None else "no version is left"
    left = change.head_names.highest()
    yield Finding(
        message=f"Version {before}, which production serves, is deleted: {outcome}.",
        expected=f"version {before} or a higher one",
        observed=outcome,
        remedy=f"Restore {place}. For a deliberate roll-back name the version in models.config, "
        "or add to servegate.yml: accept: [{check: version/version-not-removed, "
        f'model: {change.name}, version: "{left.version if left else before}", reason: "…"}}]',
        location=Location(file=place),
    )
