"""The other models that production's server has: one of them can keep all from being updated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from servegate.checks import Outcome, check
from servegate.facts.production import Neighbour, Production, ProductionModel
from servegate.facts.repository import ModelTree, Repository
from servegate.facts.settings import Rollout, Settings
from servegate.facts.start import ProductionStart
from servegate.findings import Finding, Location, NotExamined, Remark, Severity
from servegate.providers import Blocked, Later, NotApplicable
from servegate.tfserving.label_rules import REFUSAL
from servegate.tfserving.op_errors import lacked_by
from servegate.tfserving.versions import Version, parse_version, read_names
from servegate.wording import listed

_NOWHERE = ModelTree(path="the repository", names=read_names(()))

# file_system_storage_path_source.cc leaves its loop over the models at the first such error.
_ABORTED = (
    "In production each look for new versions is broken off at the base path that is not there: "
    "no new version of any model is picked up."
)
_NEVER_OPENS = "In production a fresh server waits for a version of it and never opens its ports."


@check(claims=("V14", "V11"))
def neighbours_survive(
    production: Production,
    neighbours: tuple[Neighbour, ...],
    repository: Repository,
    settings: Settings,
    production_start: Later[ProductionStart],
) -> Outcome:
    """Every other model of production's configuration is still served.

    What it checks:
        The other entries of `models.config`, before and after the change, whose models this
        repository holds under their name or under the entry's base path. An entry fails that was
        served and is taken away or renamed while the model's tree still lies here; one whose tree
        was moved to a directory of another name, or lost its last version, while `base_path`
        stays; one whose `base_path` becomes a version directory; and a new one of which
        production finds no version. Then one server is started with all of them, with
        production's labels and flags. Advisory are: a model that is retired together with its
        tree, and what was like this before the change. Entries whose models are not in this
        repository are listed as not examined.

    Why it matters:
        One base path that is missing breaks off every look for new versions, of all models: the
        server goes on answering from the old ones. Clients of a name that is gone get 404.

    Remedy:
        Let `base_path` follow the tree, or put the entry back. A model is retired by removing
        its tree in the same change.
    """
    if not neighbours:
        raise NotApplicable("Production's configuration names no other model.")
    here = [one for one in neighbours if one.tree_before or one.tree_after]
    elsewhere = [one for one in neighbours if one not in here and one.after.model is not None]
    for one in elsewhere:
        yield NotExamined(
            what=f"the model {one.name!r} of {production.config_file}, which is not in this "
            "repository"
        )
    found = [said for one in here for said in _Case(one, production, repository, settings).said()]
    yield from found
    if any(isinstance(one, Finding) and one.severity is None for one in found):
        return
    try:
        yield from _together(here, production, repository, production_start())
    except (NotApplicable, Blocked):
        if not (found or elsewhere):
            raise


@dataclass(frozen=True, slots=True)
class _Case:
    """One neighbour that lies in the repository, before or after the change."""

    neighbour: Neighbour
    production: Production
    repository: Repository
    settings: Settings

    def said(self) -> Iterator[Finding | NotExamined]:
        """What the rules alone say of it."""
        one = self.neighbour
        if one.after.model is None:
            yield from self._taken_away()
        elif one.moved_away:
            yield self._without_base_path()
        elif one.after.unversioned() is None:
            yield from self._nothing_found(one.after.model)
        elif self._becomes_a_version(one.after.model):
            yield self._too_deep(one.after.model)

    def _taken_away(self) -> Iterator[Finding]:
        one, tree = self.neighbour, self.neighbour.tree_after
        if one.served_before is None:
            return
        lies_here = tree is not None and bool(tree.names.versions)
        file = self.production.config_file or ""
        entry = one.renamed_to
        renamed = f"{entry.location} renames {one.name!r} to {entry.name!r}" if entry else ""
        yield Finding(
            message=f"{renamed or f'{file} does not name {one.name!r} any more'}: requests for "
            f"{one.name!r}, which production answers, get 404 after this change"
            + (f"; its tree {tree.path} still lies here." if tree and lies_here else "."),
            expected=f'the entry with name: "{one.name}"',
            observed=renamed or "no such entry",
            remedy=f'Call the entry "{one.name}" again, or keep an entry of each name until no '
            "client asks for the old one."
            if renamed
            else f'Put the entry with name: "{one.name}" back. To retire the model, remove its '
            "tree in the same change.",
            location=entry.location if entry else Location(file=file),
            # Who removes the tree as well means it.
            severity=None if lies_here else Severity.ADVISORY,
        )

    def _without_base_path(self) -> Finding:
        one = self.neighbour
        base_path = one.after.model.base_path if one.after.model else ""
        new = one.tree_after.path if one.tree_after else ""
        old = one.tree_before.path if one.tree_before else ""
        return Finding(
            message=f"{self._where}: the base path {base_path} of {one.name!r} is named after "
            f"{old}, which this change moves to {new}. {self._consequence}",
            expected=f'base_path: "{PurePosixPath(base_path).with_name(PurePosixPath(new).name)}"',
            observed=f'base_path: "{base_path}"',
            remedy=f"Let base_path follow the directory, or leave the model in {old}.",
            location=self._where,
            # The project's own Dockerfile says where a directory comes to lie.
            severity=Severity.ADVISORY if self.settings.own_image else None,
        )

    def _nothing_found(self, model: ProductionModel) -> Iterator[Finding | NotExamined]:
        one, tree = self.neighbour, self.neighbour.tree_after
        present = tree.names.versions if tree else ()
        if not present and not one.lost_its_versions:
            yield NotExamined(
                what=f"the model {one.name!r} of {self.production.config_file}: no version of it "
                f"lies in {tree.path if tree else 'the repository'}",
                enable="fetch it before the gate runs, if an earlier step does that",
            )
            return
        place = (tree or one.tree_before or _NOWHERE).path
        lost = f"no version is left in {place}" if not present else f"{model.policy} finds none"
        gone = not present and not (self.repository.root / place).is_dir()
        as_before = one.had_entry and one.served_before is None
        yield Finding(
            message=f"{self._where}: production finds no version of {one.name!r} to serve: {lost}. "
            + (self._consequence if gone else self._without_version)
            + (" It was so before this change." if as_before else ""),
            expected=f"a version of {one.name!r} that its policy ({model.policy}) loads",
            observed=listed(f"version {named.version}" for named in present) or "no version",
            remedy=f"Name one of them at {model.policy_location or self._where}."
            if present
            else f"Put the versions back, or take the entry of {one.name!r} out as well.",
            location=model.policy_location if present else self._where,
            severity=Severity.ADVISORY if as_before else None,
        )

    def _becomes_a_version(self, model: ProductionModel) -> bool:
        before = self.neighbour.before
        had = before.model.base_path if before and before.model else ""
        return had != model.base_path and _names_a_version(model.base_path)

    def _too_deep(self, model: ProductionModel) -> Finding:
        return Finding(
            message=f"{self._where}: the base path {model.base_path} of {model.name!r} ends with "
            f"a version number, and production finds no version below it. {self._without_version}",
            expected=f'base_path: "{PurePosixPath(model.base_path).parent}"',
            observed=f'base_path: "{model.base_path}"',
            remedy="Drop the number from base_path.",
            location=self._where,
        )

    @property
    def _where(self) -> Location | None:
        model = self.neighbour.after.model
        return (model.base_path_location or model.location) if model else None

    @property
    def _consequence(self) -> str:
        return _NEVER_OPENS if self.settings.rollout is Rollout.IMAGE else _ABORTED

    @property
    def _without_version(self) -> str:
        if self.settings.rollout is Rollout.IMAGE:
            return _NEVER_OPENS
        return f"In production, requests for {self.neighbour.name!r} get 404."


def _names_a_version(base_path: str) -> bool:
    return parse_version(PurePosixPath(base_path).name) is not None


def _together(
    here: Sequence[Neighbour],
    production: Production,
    repository: Repository,
    start: ProductionStart,
) -> Iterator[Finding | NotExamined | Remark]:
    """What a server says that has all of them."""
    by_name = {one.name: one for one in here}
    if start.failure:
        yield _does_not_start(by_name.get(start.failed_model), production, repository, start)
        return
    beside = {name: version for name, version in start.served.items() if name in by_name}
    for name, version in beside.items():
        if version != by_name[name].after.unversioned():
            yield _otherwise(by_name[name], version, repository)
    answered = listed(f"{name!r} from version {version}" for name, version in beside.items())
    yield Remark(message=f"In one server with this model answers {answered or 'no other'}.")


def _does_not_start(
    whose: Neighbour | None, production: Production, repository: Repository, start: ProductionStart
) -> Finding | NotExamined:
    if REFUSAL in start.failure:
        raise Blocked(start.failure, by="version/labels-resolve")
    name = f"{whose.name!r}" if whose else "one of its models"
    if op := lacked_by(start.runtime, start.failure):
        return NotExamined(
            what=f"all of production's models in one server: {name} uses {op}, which the official "
            "TF Serving image has and the embedded server has not",
            enable="validate with a real TF Serving (`--runtime binary`)",
        )
    entry = whose.after.model if whose else None
    return Finding(
        message=f"A server with all of production's models that lie here does not start: {name} "
        f"does not load. {start.failure}",
        expected="every model of the configuration available",
        observed=start.failure,
        remedy=f"Mend {name}, or see whether the server has memory enough for all of them.",
        location=entry.location if entry else Location(file=production.config_file or ""),
        # What nobody touched was like this before.
        severity=None if whose and whose.touched(repository) else Severity.ADVISORY,
        evidence={"log": start.log},
    )


def _otherwise(neighbour: Neighbour, version: Version, repository: Repository) -> Finding:
    model = neighbour.after.model
    expected = neighbour.after.unversioned()
    return Finding(
        message=f"Version {version} of {neighbour.name!r} answers in a server with all of "
        f"production's models, and by its policy {expected} should.",
        expected=f"version {expected}",
        observed=f"version {version}",
        remedy="Look at the policy of this model and at the names of its version directories.",
        location=(model.policy_location or model.location) if model else None,
        severity=None if neighbour.touched(repository) else Severity.ADVISORY,
    )
