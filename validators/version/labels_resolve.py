"""Version labels: what clients ask for who do not name a number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from servegate.checks import Outcome, check
from servegate.facts.change import ModelChange
from servegate.facts.production import Production, ProductionModel, Situation
from servegate.facts.settings import Rollout, Settings
from servegate.facts.start import LabelAnswer, ProductionStart
from servegate.findings import Finding, Location, NotExamined, Remark, Severity
from servegate.providers import Blocked, Broken, Later, NotApplicable
from servegate.tfserving.flags import parse_flags
from servegate.tfserving.label_rules import FLAG, Labels, refused
from servegate.tfserving.policy import aspired
from servegate.tfserving.versions import Version
from servegate.wording import listed


@check(claims=("V08", "V09"))
def labels_resolve(
    change: ModelChange,
    production: Production,
    settings: Settings,
    production_start: Later[ProductionStart],
) -> Outcome:
    """Every version label answers with the version that it names.

    What it checks:
        The labels of this model in `models.config`, by TF Serving's rules and then by a server
        that is started as production is configured and asked by label. A label fails that names a
        version which production does not load after the change. With `rollout: volume` the new
        configuration reaches a running server: a label that moves to a version which the old
        configuration does not load fails, since the server refuses the configuration as a whole
        and never loads the version (TF Serving's own way takes two changes: load both, then move
        the label). With `rollout: image` the first label fails unless
        `--allow_version_labels_for_unavailable_models=true` is among the flags. A label that
        dangled before is advisory, and so is the first label of a running server without that
        flag: its next restart would fail.

    Why it matters:
        A client that asks for `stable` gets 404, or goes on getting the old version while
        everybody believes that the label has moved. Labels that a server refuses at its start
        keep it from starting at all.

    Remedy:
        The finding names the line of the label and the step that is missing.
    """
    model = production.head.model
    if model is None or not model.labels:
        raise NotApplicable("Production serves no version of this model under a label.")
    case = _Case(model=model, change=change, production=production, settings=settings)
    found = [*case.dangling(), *case.moved_too_early(), *case.refused_at_start()]
    yield from found
    yield from case.remarks()
    if any(isinstance(one, Finding) and one.severity is None for one in found):
        return
    try:
        yield from _answered(production, production_start())
    except (NotApplicable, Blocked):
        if not found:
            raise


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """The labels of one model, and what production does with them."""

    model: ProductionModel
    change: ModelChange
    production: Production
    settings: Settings

    def dangling(self) -> Iterator[Finding]:
        """Labels on versions that are not loaded once the change has settled."""
        for label, version in self.model.labels.items():
            if version not in self.production.head.aspired:
                yield self._dangling(label, version)

    def moved_too_early(self) -> Iterator[Finding]:
        """Labels that a running server does not move, however often it is told."""
        for label in self._refused_by_reload():
            if label in self._labels_before and self.model.labels[label] in self._loaded:
                yield self._moved_too_early(label)

    def refused_at_start(self) -> Iterator[Finding | NotExamined]:
        """Labels in a server's first configuration."""
        if self._allowed:
            return
        if not self.production.labels_are_new:
            if self.settings.rollout is Rollout.IMAGE:
                yield NotExamined(
                    what=f"how production's servers come to start with the labels of "
                    f"{self.production.config_file}, which TF Serving refuses without --{FLAG}",
                    enable="give all of production's flags in `serving.flags`",
                )
            return
        yield self._first_label()

    def remarks(self) -> Iterator[Remark]:
        """New labels on versions that only the same configuration loads."""
        late = [
            one
            for one in self._refused_by_reload()
            if one not in self._labels_before and self.model.labels[one] in self._loaded
        ]
        if late and not self.production.labels_are_new:
            yield Remark(
                message=f"A running server takes {listed(map(repr, late))} only once the version "
                f"is loaded: send the configuration without the label first, or set --{FLAG}=true."
            )

    @property
    def _base(self) -> Situation | None:
        return self.production.base

    @property
    def _labels_before(self) -> Labels:
        base = self._base
        return base.model.labels if base is not None and base.model is not None else {}

    @property
    def _loaded(self) -> tuple[Version, ...]:
        return self.production.head.aspired

    @property
    def _allowed(self) -> bool:
        return parse_flags([one.text for one in self.settings.written_flags]).enabled(FLAG)

    def _refused_by_reload(self) -> list[str]:
        """What a running server refuses of the new configuration, whichever comes first.

        The version's files may arrive before the configuration, and then what the old policy
        loads of them is there; or after it.
        """
        base = self._base
        if self.settings.rollout is Rollout.IMAGE or base is None:
            return []
        policy = base.model.policy if base.model else None
        files_first = aspired(policy, self.change.head_names) if policy else ()
        available = {*base.aspired, *(one.version for one in files_first)}
        return [
            *refused(
                self._labels_before, self.model.labels, available, for_unavailable=self._allowed
            )
        ]

    def _dangling(self, label: str, version: Version) -> Finding:
        base = self._base
        inherited = (
            self._labels_before.get(label) == version
            and base is not None
            and version not in base.aspired
        )
        there = version in self.production.head.present
        where = self._location(label)
        return Finding(
            message=f"{where}: the label {label!r} is on version {version}, which "
            + (f"{self._policy} does not load" if there else "the tree does not hold")
            + ": in production, requests for the label get 404 (`Servable not found`)."
            + (" It was so before this change." if inherited else ""),
            expected=f"a label on a version that is loaded: {self._loaded_in_words}",
            observed=f"{label!r} on version {version}",
            remedy=self._keep(label, version) if there else self._name_another(label),
            location=where,
            severity=Severity.ADVISORY if inherited else None,
        )

    @property
    def _policy(self) -> str:
        where = self.model.policy_location
        return f"{self.model.policy} ({where})" if where else "the default policy (latest)"

    @property
    def _loaded_in_words(self) -> str:
        return listed(self._loaded) if self._loaded else "none is"

    def _keep(self, label: str, version: Version) -> str:
        both = sorted({*self._loaded, version})
        names = " ".join(f"versions: {one}" for one in both)
        return (
            f"Keep version {version} loaded (`specific {{ {names} }}`), and move {label!r} in a "
            "change after this one."
        )

    def _name_another(self, label: str) -> str:
        return f"Put {label!r} on a version that is loaded, or add the missing version directory."

    def _moved_too_early(self, label: str) -> Finding:
        before, version = self._labels_before[label], self.model.labels[label]
        where = self._location(label)
        versions = " ".join(f"versions: {one}" for one in sorted({before, version}))
        return Finding(
            message=f"{where}: the label {label!r} moves from version {before} to {version}, "
            "which production's running server has not loaded yet: it refuses the whole "
            f"configuration, never loads {version}, and goes on answering {label!r} from {before}.",
            expected=f"a configuration that loads {version} before one that moves the label",
            observed=f"both steps in one change: {label!r} on {version}",
            remedy=f"First a change that loads both (`specific {{ {versions} }}`) and leaves the "
            f"label on {before}; then, once {version} is available, one that moves it.",
            location=where,
        )

    def _first_label(self) -> Finding:
        label = min(self.model.label_locations, key=self._line, default=min(self.model.labels))
        where = self._location(label)
        fresh = self.settings.rollout is Rollout.IMAGE
        return Finding(
            message=f"{where}: the label {label!r} stands in the configuration that a server is "
            f"started with, and the flags do not have --{FLAG}: "
            + (
                "production's fresh server does not start."
                if fresh
                else "production's server takes it while it runs, and would not start again."
            ),
            expected=f"--{FLAG}=true beside labels",
            observed="labels, and flags without it",
            remedy=f'Add "--{FLAG}=true" to production\'s flags and to `serving.flags`.',
            location=where,
            severity=None if fresh else Severity.ADVISORY,
        )

    def _location(self, label: str) -> Location | None:
        return self.model.label_locations.get(label, self.model.location)

    def _line(self, label: str) -> int:
        return self.model.label_locations[label].line or 0


def _answered(production: Production, start: ProductionStart) -> Iterator[Finding | Remark]:
    model = production.head.model
    if model is None:
        return
    if start.failure and start.failed_model not in {"", model.name}:
        raise Blocked(start.failure, by="version/neighbours-survive")
    if start.failure:
        raise Broken(
            f"Production's own set-up did not start: {start.failure}\n{start.log}".rstrip()
        )
    for label, answer in start.labels.items():
        version = model.labels[label]
        if answer.version != version and version in production.head.aspired:
            yield _wrong(model, label, answer)
    yield Remark(
        message="Asked by label: "
        + listed(
            f"{label!r} answers from {one.version}"
            for label, one in start.labels.items()
            if one.version is not None
        )
        + "."
    )


def _wrong(model: ProductionModel, label: str, answer: LabelAnswer) -> Finding:
    where = model.label_locations.get(label, model.location)
    given = answer.refusal or f"version {answer.version}"
    return Finding(
        message=f"{where}: the label {label!r} is on version {model.labels[label]}, and a server "
        f"with production's configuration answers it with {given}.",
        expected=f"version {model.labels[label]}",
        observed=given,
        remedy="Look at the policy and the labels of this model in that file.",
        location=where,
    )
