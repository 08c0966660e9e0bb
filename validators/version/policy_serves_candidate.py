"""Production's own configuration, simulated on the tree after the change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate, ModelChange
from servegate.facts.production import (
    ConfigReading,
    Production,
    ProductionModel,
    Situation,
    moves_away,
)
from servegate.facts.settings import Rollout, Settings
from servegate.findings import Finding, Location, NotExamined, Remark, Severity
from servegate.providers import Later, NotApplicable
from servegate.release import refuse_superseded
from servegate.tfserving.base_paths import can_hold
from servegate.tfserving.policy import PolicyKind
from servegate.tfserving.versions import Version, parse_version
from servegate.wording import listed, nearest

_TLS = frozenset({"ssl_config_file", "use_alts_credentials"})


@check(claims=("V06", "V07", "V11", "V12"))
def policy_serves_candidate(
    candidate: Candidate,
    change: ModelChange,
    config_reading: ConfigReading,
    production: Later[Production],
    settings: Settings,
) -> Outcome:
    """Production's version policy lets the candidate answer.

    What it checks:
        What TF Serving would do with production's `models.config` and the version directories
        after this change: which versions it loads, and which of them answers requests that name
        no version. Without a `models.config` the default policy counts: the highest number. And
        whether the change moves `base_path` a level up or down, away from the model's directory,
        lets it go on naming a directory that was renamed, or takes the model's name out of the
        file, also by writing it in another way: names are compared letter by letter.
        `release: staged` declares that the candidate is not to be served yet.

    Why it matters:
        A `specific` policy that still names the old number keeps the new version out, for
        ever and without an error. One that names a missing version keeps the server from starting.

    Remedy:
        Change the version in `models.config`, at the line that the finding names.
    """
    if config_reading.error:
        yield _unreadable(config_reading)
        return
    simulated = production()
    yield from _replaced(simulated)
    model = simulated.head.model
    if model is None:
        yield _not_named(candidate, simulated)
        return
    yield from _missing_versions(model, simulated)
    if _names_a_version(candidate, model):
        yield _too_deep(model, simulated.base)
    elif simulated.base is not None and simulated.base.model is not None:
        yield from _other_level(candidate, model, simulated.base.model.base_path)
        if moves_away(
            simulated.base, simulated.head, change.path_before or change.path, change.path
        ):
            yield _left_behind(change, model, settings)
    if settings.staged:
        yield Remark(message="Not served yet, as `release: staged` declares.")
    elif simulated.head.unversioned() != candidate.version:
        refuse_superseded(candidate, simulated)
        yield from _not_served(candidate, model, simulated, settings)


def _replaced(production: Production) -> Iterator[NotExamined]:
    """What of production the gate's own server does otherwise."""
    model = production.head.model
    if model is not None and model.base_path and not can_hold(model.base_path):
        yield NotExamined(
            what=f"what lies at {model.base_path}: the tree of this repository is served in its "
            "place"
        )
    for flag in production.flags:
        if flag.partition("=")[0].removeprefix("--") in _TLS:
            yield NotExamined(what=f"TLS: the gate's server is started without {flag}")


def _unreadable(reading: ConfigReading) -> Finding:
    return Finding(
        message=f"Production's server would not start: {reading.error}",
        expected="a ModelServerConfig in text form that TF Serving reads",
        observed=reading.error,
        remedy=f"Mend {reading.location}.",
        location=reading.location,
    )


def _not_named(candidate: Candidate, production: Production) -> Finding:
    removed = production.base is not None and production.base.model is not None
    name, entry = candidate.model, production.renamed_to
    near = nearest(name, production.neighbours)
    return Finding(
        message=(
            f"{entry.location} renames {name!r} to {entry.name!r}"
            if entry
            else f"{production.config_file} does not name the model {name!r}"
            + (" any more" if removed else "")
        )
        + (f": requests for {name!r} get 404 in production." if removed else near or "."),
        expected=f'an entry with name: "{name}"',
        observed=f"entries for {listed(production.neighbours)}"
        if production.neighbours
        else "no entry",
        remedy=f'Call the entry "{name}" again, or keep an entry of each name until no client asks '
        "for the old one."
        if entry
        else f'Add a config entry with name: "{name}", or give the model the name that production '
        "uses in servegate.yml.",
        location=entry.location if entry else Location(file=production.config_file or ""),
        # A repository may hold models that another server serves: only a removal is certain.
        severity=None if removed else Severity.ADVISORY,
    )


def _names_a_version(candidate: Candidate, model: ProductionModel) -> bool:
    """Whether `base_path` ends with a number, and the model's own directory is called otherwise."""
    last = _last(model.base_path)
    return parse_version(last) is not None and last != _last(candidate.path)


def _too_deep(model: ProductionModel, before: Situation | None) -> Finding:
    had = before is not None and before.model is not None and before.model.base_path
    as_before = had == model.base_path
    return Finding(
        message=f"{model.base_path_location or model.location}: the base path {model.base_path} "
        "ends with a version number: TF Serving looks for version directories below it and finds "
        "none, so production loads nothing of this model."
        + (" It was so before this change: the number may be a name." if as_before else ""),
        expected=f'base_path: "{model.base_path.rstrip("/").rpartition("/")[0]}"',
        observed=f'base_path: "{model.base_path}"',
        remedy="Drop the number from base_path.",
        location=model.base_path_location or model.location,
        # Production has lived with it: then versions lie below a directory that is called so.
        severity=Severity.ADVISORY if as_before else None,
    )


def _other_level(candidate: Candidate, model: ProductionModel, before: str) -> Iterator[Finding]:
    """The base path was the model's directory, and becomes one above or below that."""
    now = PurePosixPath(model.base_path)
    then = PurePosixPath(before)
    name = _last(candidate.path)
    if now == then or then.name != name or now.name == name:
        return
    if now in then.parents or then in now.parents:
        yield Finding(
            message=f"{model.base_path_location or model.location}: base_path was {before}, where "
            f"the versions are, and becomes {model.base_path}: TF Serving looks for version "
            "directories directly in it and finds none, so production loads nothing of this model.",
            expected=f'base_path: "{before}"',
            observed=f'base_path: "{model.base_path}"',
            remedy=f"Let base_path end with {name!r}, the directory that holds the versions.",
            location=model.base_path_location or model.location,
        )


def _left_behind(change: ModelChange, model: ProductionModel, settings: Settings) -> Finding:
    """The tree gets another name, and `base_path` goes on naming the old one."""
    name = _last(change.path)
    where = model.base_path_location or model.location
    return Finding(
        message=f"{where}: the base path {model.base_path} is named after {change.path_before}, "
        f"which this change moves to {change.path}: production does not find it, and each of its "
        "looks for new versions is broken off.",
        expected=f'base_path: "{PurePosixPath(model.base_path).with_name(name)}"',
        observed=f'base_path: "{model.base_path}"',
        remedy=f"Let base_path follow the directory, or leave the model in {change.path_before}.",
        location=where,
        # The project's own Dockerfile says where a directory comes to lie.
        severity=Severity.ADVISORY if settings.own_image else None,
    )


def _last(path: str) -> str:
    return PurePosixPath(path).name


def _missing_versions(model: ProductionModel, production: Production) -> Iterator[Finding]:
    if model.policy.kind is not PolicyKind.SPECIFIC:
        return
    loaded = production.head.aspired
    missing = [one for one in model.policy.versions if one not in loaded]
    if missing:
        present = production.head.present
        where = model.policy_location or model.location
        yield Finding(
            message=f"{where} asks for {listed(f'version {one}' for one in missing)} of "
            f"{model.name!r}, which the tree does not hold: in production "
            + (
                f"requests for it get 404, and the server warns at every look, while "
                f"{listed(loaded)} is served."
                if loaded
                else "a running server answers 404, and one that starts waits for it for ever."
            ),
            expected=f"versions that exist: {listed(present) if present else 'none do'}",
            observed=str(model.policy),
            remedy="Name versions that exist, or add the missing version directory.",
            location=where,
        )


def _not_served(
    candidate: Candidate, model: ProductionModel, production: Production, settings: Settings
) -> Iterator[Finding | Remark]:
    serving = production.head.unversioned()
    if candidate.version in production.head.aspired:
        yield Remark(
            message=f"Version {candidate.version} is loaded; requests that name no version are "
            f"answered by {serving}."
        )
    elif model.policy.kind is PolicyKind.SPECIFIC:
        yield _pinned(candidate, model, serving)
    elif settings.rollout is Rollout.VOLUME:
        raise NotApplicable(
            f"No policy pins a version, and {serving} is the highest number: "
            "version/number-increases says what that means."
        )
    else:
        yield _outnumbered(candidate, serving)


def _pinned(candidate: Candidate, model: ProductionModel, serving: Version | None) -> Finding:
    where = model.policy_location or model.location
    return Finding(
        message=f"Version {candidate.version} would not be served: {where} pins "
        f"{model.policy}, and "
        + (f"version {serving} answers." if serving is not None else "nothing answers."),
        expected=f"version {candidate.version} answers requests that name no version",
        observed=f"version {serving} does" if serving is not None else "no version does",
        remedy=f"Write `specific {{ versions: {candidate.version} }}`, or remove the policy so "
        "that the highest number is served. If the candidate is not to be served yet, set "
        "`release: staged` for this model in servegate.yml.",
        location=where,
    )


def _outnumbered(candidate: Candidate, serving: Version | None) -> Finding:
    return Finding(
        message=f"Version {candidate.version} would not be served: a fresh server loads the "
        f"highest number it finds, and that is {serving}.",
        expected=f"version {candidate.version} is the highest number in the image",
        observed=f"version {serving} is",
        remedy=f"Give the candidate a number above {serving}, or remove version {serving}.",
        location=Location(file=candidate.place),
    )
