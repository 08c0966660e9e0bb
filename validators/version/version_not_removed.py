"""Versions that disappear while somebody still asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from servegate.checks import Outcome, check
from servegate.facts.change import ModelChange
from servegate.facts.production import Production, ProductionModel
from servegate.findings import Finding, Location, Remark
from servegate.providers import NotApplicable
from servegate.tfserving.versions import Version, VersionName
from servegate.wording import listed


@check(claims=("V16",))
def version_not_removed(change: ModelChange, production: Production) -> Outcome:
    """No version is deleted that production still asks for.

    What it checks:
        The version that answers requests which name none, before and after the change, by
        production's policy. Old versions may be deleted; it fails if the answering number falls,
        or if nothing is left to answer, without a configuration that names the older one; and if a
        `specific` policy or a label of `models.config` goes on naming a version that this change
        deletes, whichever it is. A version that was loaded beside the answering one (`all`,
        `latest` of several) may go; the report says so, for clients who ask for it by number.

    Why it matters:
        A server that no longer finds its highest version goes back to the next lower one
        without a word: a deletion is a roll-back. A label on a version that is gone gets 404.

    Remedy:
        Restore the version directory. For a deliberate roll-back, name the older version in
        `models.config` (`specific { versions: … }`), or add an `accept:` entry.
    """
    if production.base is None:
        raise NotApplicable("No base commit is known, so nothing is known to have been removed.")
    before = production.base.unversioned()
    if before is None:
        raise NotApplicable("Production served no version of this model before.")
    model = production.head.model
    if model is None:
        return
    case = _Deletion(change=change, production=production, model=model)
    yield from case.of_the_answering(before)
    for one in case.deleted():
        if one.version != before:
            yield from case.of_another(one)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Deletion:
    """What the change deletes of a model that production goes on serving."""

    change: ModelChange
    production: Production
    model: ProductionModel

    def deleted(self) -> Iterator[VersionName]:
        """The versions of the base that the head has no more, lowest first."""
        head = self.change.head_names
        return (one for one in self.change.base_names.versions if head.named(one.version) is None)

    def of_the_answering(self, before: Version) -> Iterator[Finding]:
        """The version that answered requests which name none."""
        directory = self.change.base_names.named(before)
        if directory is None or self.change.head_names.named(before) is not None:
            return
        asks = self._who_asks(before)
        after = self.production.head.unversioned()
        falls = after is None or (after < before and not self.production.head.pins(after))
        if not (falls or asks):
            return
        outcome = f"version {after} answers again" if after is not None else "no version is left"
        yield self._finding(
            directory,
            f"Version {before}, which production serves, is deleted: "
            + ("" if falls else f"{listed(asks)} still names it, and ")
            + f"{outcome} in production.",
            observed=outcome if falls else listed(asks),
            location=None if falls else self._line(before),
        )

    def of_another(self, one: VersionName) -> Iterator[Finding | Remark]:
        """A version that did not answer those."""
        base = self.production.base
        loaded = base is not None and one.version in base.aspired
        if loaded and (asks := self._who_asks(one.version)):
            yield self._finding(
                one,
                f"Version {one.version} is deleted, and {listed(asks)} still names it: in "
                "production, requests for it get 404.",
                observed=listed(asks),
                location=self._line(one.version),
            )
        elif loaded:
            yield Remark(
                message=f"Version {one.version}, which production has loaded too, is deleted: who "
                "asks for it by number gets 404."
            )

    def _who_asks(self, version: Version) -> tuple[str, ...]:
        """What of production's configuration names a version, with the line."""
        model = self.model
        pins = (f"the policy at {model.policy_location}",) if self._pinned(version) else ()
        labels = (
            f"the label {label!r} at {model.label_locations.get(label, model.location)}"
            for label, named in model.labels.items()
            if named == version
        )
        return (*pins, *labels)

    def _pinned(self, version: Version) -> bool:
        return version in self.model.policy.versions

    def _line(self, version: Version) -> Location | None:
        model = self.model
        if self._pinned(version):
            return model.policy_location
        return next((model.label_locations.get(k) for k, v in model.labels.items() if v == version))

    def _finding(
        self, one: VersionName, message: str, *, observed: str, location: Location | None
    ) -> Finding:
        change, left = self.change, self.change.head_names.highest()
        place = change.place_before(one.name)
        return Finding(
            message=message,
            expected=f"version {one.version}"
            + ("" if location else " or a higher one")
            + (", or a configuration that does not name it" if location else ""),
            observed=observed,
            remedy=f"Restore {place}"
            + (f", or change {location}" if location else "")
            + ". For a deliberate roll-back name the version in models.config, or add to "
            "servegate.yml: accept: [{check: version/version-not-removed, "
            f'model: {change.name}, version: "{left.version if left else one.version}", '
            'reason: "…"}]',
            location=location or Location(file=place),
        )
