"""Version directories that TF Serving does not see, or takes for what they are not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from servegate.checks import Outcome, check
from servegate.facts.change import ChildChange, Event, ModelChange
from servegate.facts.production import Production, Situation
from servegate.facts.settings import Rollout, Settings
from servegate.findings import Finding, Location, Severity
from servegate.providers import Absent, Later
from servegate.tfserving.nesting import continued_from
from servegate.tfserving.versions import INT64_MIN, Version, parse_version

MODEL_FILES = ("saved_model.pb", "saved_model.pbtxt")

_TOUCHED = (Event.ADDED, Event.CHANGED, Event.RENAMED)


@check(claims=("V01", "V03", "V12", "V15", "V19"))
def layout(change: ModelChange, settings: Settings, production: Later[Production]) -> Outcome:
    """Version directories are named and placed as TF Serving reads them.

    What it checks:
        Every child of the base path that this change adds or renames. TF Serving takes a child
        for a version when its name is a decimal int64, with a sign or white space around it; it
        ignores every other name in silence, and it takes a number for a version whatever is in it.
        Found are: a SavedModel in a directory whose name is no number (a link to a version beside
        it is none), two names of one number, a number that holds no SavedModel (a file, a link that
        leads nowhere; advisory where production's policy does not make it the one that answers),
        and a base path one level too deep or too high. So is a new version that lies
        in a folder of its own below another model's base path, unless servegate.yml names that
        folder as a model. Names such as `007` work in TF Serving and not everywhere: they are
        advisory.

    Why it matters:
        A version that the server does not see is never picked up: the old one answers on. A
        number without a model is tried as the newest version, and the server fails to start.

    Remedy:
        Rename the directory to a plain number higher than the others, directly below the base
        path, with `saved_model.pb` directly in it.
    """
    yield from _wrong_level(change)
    if settings.location is None and not change.base_names.versions:
        yield from _below_another_model(change)
    yield from _unnumbered(change)
    yield from _empty_numbers(change, settings, _simulated(production))
    yield from _duplicates(change)
    yield from _unusual_names(change)


def _simulated(production: Later[Production]) -> Situation | None:
    """What production does after the change; None where its configuration cannot be read."""
    try:
        return production().head
    except Absent:
        return None


def _place(change: ModelChange, name: str) -> str:
    return name if change.path == "." else f"{change.path}/{name}"


def _versions_with_model(change: ModelChange) -> list[Version]:
    return [
        one.version
        for one in change.children
        if one.holds_model and one.version is not None and one.event is not Event.DELETED
    ]


def _next_number(change: ModelChange) -> int:
    return max(_versions_with_model(change), default=0) + 1


def _wrong_level(change: ModelChange) -> Iterator[Finding]:
    file = next((one.name for one in change.children if one.name in MODEL_FILES), None)
    if _versions_with_model(change):
        return
    if file is not None:
        yield Finding(
            message=f"The base path {change.path} is itself a version directory: TF Serving finds "
            "no version below it.",
            expected="numbered version directories directly below the base path",
            observed=f"{file} directly in the base path",
            remedy=f"Move the model into a directory {_place(change, '1')}, or let `path:` name "
            "the directory above.",
            location=Location(file=_place(change, file)),
        )
        return
    for child in change.children:
        below = (
            _versions_below(change.root / change.path / child.name)
            if child.version is None
            else None
        )
        if below is not None:
            yield Finding(
                message=f"The base path {change.path} is one level too high: the versions are "
                f"below {_place(change, child.name)}.",
                expected="numbered version directories directly below the base path",
                observed=f"{_place(change, child.name)}/{below} holds the model",
                remedy=f"Let `path:` name {_place(change, child.name)}.",
                location=Location(file=_place(change, child.name)),
            )


def _below_another_model(change: ModelChange) -> Iterator[Finding]:
    new = max(_versions_with_model(change), default=None)
    above = continued_from(change.path, new, _present(change.root)) if new is not None else None
    if above is not None:
        yield Finding(
            message=f"Version {new} lies in {change.path}, below the base path {above}: TF Serving "
            f"looks for versions directly in {above}, and does not see this one.",
            expected=f"the model in {above}/{new}",
            observed=f"the model in {change.path}/{new}",
            remedy=f"Move it to {above}/{new}. If it is a model of its own, say so in "
            f"servegate.yml: an entry in `models:` with `path: {change.path}`.",
            location=Location(file=_place(change, str(new))),
        )


def _present(root: Path) -> Callable[[str], list[Version]]:
    """Which versions lie directly in a directory."""

    def versions_in(directory: str) -> list[Version]:
        children = (root / directory).iterdir()
        numbers = ((parse_version(child.name), child) for child in children)
        return [number for number, child in numbers if number is not None and _holds_model(child)]

    return versions_in


def _versions_below(folder: Path) -> str | None:
    if not folder.is_dir() or folder.is_symlink():
        return None
    for child in sorted(folder.iterdir()):
        if parse_version(child.name) is not None and _holds_model(child):
            return child.name
    return None


def _holds_model(folder: Path) -> bool:
    return any((folder / name).is_file() for name in MODEL_FILES)


def _unnumbered(change: ModelChange) -> Iterator[Finding]:
    numbered_too = any(
        one.version is not None and one.holds_model and one.event in _TOUCHED
        for one in change.children
    )
    for child in change.children:
        if child.version is not None or not child.holds_model or child.event not in _TOUCHED:
            continue
        if _links_to_a_version(change, child):
            continue
        digits = child.name.strip().lstrip("+-")
        too_large = digits.isascii() and digits.isdecimal()
        yield Finding(
            message=f"TF Serving never sees {_place(change, child.name)}: "
            + ("the number does not fit an int64" if too_large else "the name is no number")
            + ". Production goes on answering from the versions that it sees.",
            expected="a version directory whose name is a number that fits an int64",
            observed=f"a SavedModel in a directory called {child.name!r}",
            remedy=f"Rename it to {_place(change, str(_next_number(change)))}.",
            location=Location(file=_place(change, child.name)),
            # Beside a numbered version of the same change it may well be meant for other readers.
            severity=Severity.ADVISORY if numbered_too else None,
        )


def _links_to_a_version(change: ModelChange, child: ChildChange) -> bool:
    """Whether a name such as `latest` is a link to a version that the server sees beside it."""
    base_path = change.root / change.path
    if not _is_link(base_path / child.name):
        return False
    target = (base_path / child.name).resolve()
    return target.parent == base_path.resolve() and change.head_names.holds(target.name)


def _is_link(path: Path) -> bool:
    try:
        return path.is_symlink()
    except OSError:  # the name is longer than this machine's can be
        return False


def _empty_numbers(
    change: ModelChange, settings: Settings, head: Situation | None
) -> Iterator[Finding]:
    for child in change.children:
        if child.version is None or child.holds_model or child.event not in _TOUCHED:
            continue
        nested = _nested_model(child)
        answers = _would_answer(change, child.version, head)
        yield Finding(
            message=f"TF Serving takes {_place(change, child.name)} for version {child.version}, "
            f"and there is no SavedModel in it. {_in_production(child.version, settings, head)}"
            if answers
            else f"TF Serving takes {_place(change, child.name)} for version {child.version}, and "
            "there is no SavedModel in it. Production's policy keeps it from answering.",
            expected="saved_model.pb directly in every directory whose name is a number",
            observed=_what_is_there(change, child, nested),
            remedy=f"Move {_place(change, nested)} to {_place(change, child.name)}."
            if nested
            else "Move it away from the base path, or give it a name that is no number.",
            location=Location(file=_place(change, child.name)),
            # A model was meant to be there.
            severity=None if answers or nested else Severity.ADVISORY,
        )


def _would_answer(change: ModelChange, number: Version, head: Situation | None) -> bool:
    """Whether production would take this number for the one that answers."""
    if head is None:
        return number > max(_versions_with_model(change), default=INT64_MIN)
    return head.unversioned() == number


def _in_production(number: Version, settings: Settings, head: Situation | None) -> str:
    """Recorded: a server that starts with such a number exits; one that runs keeps what it has."""
    if settings.rollout is Rollout.IMAGE:
        return f"In production a fresh server tries to load {number}, fails, and does not start."
    others = [one for one in head.aspired if one != number] if head else []
    alone = "" if others else ", and loads no other new version either"
    return f"In production a running server tries to load {number}, keeps what it has{alone}."


def _nested_model(child: ChildChange) -> str:
    """The directory within a number that holds its model, empty where none does."""
    files = (file for file in child.files if file.endswith(MODEL_FILES))
    nested = next(files, "")
    inside = nested.rpartition("/")[0]
    return inside[inside.index(f"{child.name}/") :] if nested else ""


def _what_is_there(change: ModelChange, child: ChildChange, nested: str) -> str:
    if nested:
        return f"the model one level deeper, at {_place(change, nested)}"
    link = change.root / change.path / child.name
    if _is_link(link) and not link.exists():
        return f"a link that leads nowhere, called {child.name!r}"
    if not child.is_directory:
        return f"a regular file called {child.name!r}"
    return f"a directory without saved_model.pb: {_place(change, child.name)}"


def _duplicates(change: ModelChange) -> Iterator[Finding]:
    for duplicate in change.head_names.duplicates:
        names = (*duplicate.ignored, duplicate.loaded)
        touched = [change.child(name) for name in names]
        if not any(one is not None and one.event in _TOUCHED for one in touched):
            continue
        ignored = ", ".join(_place(change, name) for name in duplicate.ignored)
        yield Finding(
            message=f"Version {duplicate.version} is there more than once: TF Serving loads "
            f"{_place(change, duplicate.loaded)}, and production never answers from {ignored}.",
            expected="one directory for each version number",
            observed=f"{len(names)} directories that mean {duplicate.version}",
            remedy=f"Give the new version a number of its own, for instance "
            f"{_next_number(change)}, or delete the other directory.",
            location=Location(file=_place(change, duplicate.ignored[0])),
        )


def _unusual_names(change: ModelChange) -> Iterator[Finding]:
    for child in change.children:
        if child.version is None or not child.holds_model or child.event not in _TOUCHED:
            continue
        if child.name == str(child.version) and child.version >= 0:
            continue
        yield Finding(
            message=f"The name {child.name!r} means version {child.version} to TF Serving; other "
            "servers and scripts may read it differently."
            + (" No address of the REST API can name a negative number." * (child.version < 0)),
            expected=f"a plain number such as {_next_number(change)}",
            observed=repr(child.name),
            remedy="Nothing has to be done for TF Serving.",
            location=Location(file=_place(change, child.name)),
            severity=Severity.ADVISORY,
        )
