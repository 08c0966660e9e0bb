"""What happened to each model, and which of its versions are put to the test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from servegate.changes.difference import Difference, File
from servegate.changes.discovery import ModelSource
from servegate.changes.paths import MODEL_FILES, by_base_path, join
from servegate.changes.patterns import Patterns
from servegate.changes.working_tree import git_blob
from servegate.facts.change import Candidate, ChangeKind, ChildChange, Event, ModelChange
from servegate.tfserving.versions import Version, parse_version, read_names

_Files = Mapping[str, list[str]]
"""Files of one side below a base path, by the child that they belong to."""


def model_changes(
    sources: Sequence[ModelSource], difference: Difference, *, everything: bool
) -> tuple[ModelChange, ...]:
    """The models that are to be validated, in the order of `sources`.

    With `everything` those too to which nothing happened. Without a known base nothing can be
    said to have changed: then `everything` must be set, and all children are `UNCHANGED`.
    """
    base = by_base_path(difference.base, [one.path_before or one.path for one in sources])
    head = by_base_path(difference.head, [one.path for one in sources])
    changes = (
        _model_change(
            one,
            _Tree(
                difference=difference,
                base_path=one.path,
                base_path_before=one.path_before or one.path,
                base=base[one.path_before or one.path],
                head=head[one.path],
            ),
        )
        for one in sources
    )
    return tuple(one for one in changes if everything or one.kind is not ChangeKind.EVERYTHING)


def candidates(change: ModelChange) -> tuple[Candidate, ...]:
    """The versions to validate, lowest first; none where head holds no version with a model.

    Those are the versions that the change adds, renames or changes in place; where it does
    neither, the highest one of head. Of versions that git does not know it cannot be told which
    are new: the highest stands for all. A number without a model is left to the layout check,
    unless the change took the model out of it; so is a name that TF Serving ignores because
    another one has the same number.
    """
    served = {one.name for one in change.head_names.versions}
    versions = [
        one
        for one in change.children
        if one.name in served and (one.holds_model or (one.held_model and one.files))
    ]
    versions.sort(key=_number)
    highest = [one for one in versions if one.holds_model][-1:]
    touched = [
        one
        for one in versions
        if one.event is not Event.UNCHANGED
        and (one.in_git or one.event is not Event.ADDED or one in highest)
    ]
    new = [_number(one) for one in touched if one.event in {Event.ADDED, Event.RENAMED}]
    return tuple(_candidate(change, one, new[-1:]) for one in touched or highest)


def _number(child: ChildChange) -> Version:
    assert child.version is not None  # noqa: S101 - read_names() took it for a version
    return child.version


def _candidate(change: ModelChange, child: ChildChange, newest: list[Version]) -> Candidate:
    number = _number(child)
    return Candidate(
        model=change.name,
        path=change.path,
        version=number,
        directory=child.name,
        root=(change.root / change.path / child.name).absolute(),
        event=child.event,
        superseded_by=next((one for one in newest if one > number), None),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tree:
    """Both sides of one base path, which may have moved between them."""

    difference: Difference
    base_path: str
    base_path_before: str
    base: _Files
    head: _Files

    @property
    def moved(self) -> bool:
        """Whether the base path is another one than before."""
        return self.base_path != self.base_path_before

    def contents_before(self, child: str) -> dict[str, File]:
        """A child's files in base by their path within it ("" for a child that is a file)."""
        return _within(self.difference.base, self.base_path_before, child, self.base)

    def contents(self, child: str) -> dict[str, File]:
        """The same in head."""
        return _within(self.difference.head, self.base_path, child, self.head)


def _within(side: Mapping[str, File], base_path: str, child: str, files: _Files) -> dict[str, File]:
    start = len(join(base_path, child)) + 1
    return {file[start:]: side[file] for file in files.get(child, ())}


def _model_change(source: ModelSource, tree: _Tree) -> ModelChange:
    names = sorted(tree.base.keys() | tree.head.keys())
    children = _with_renames(tree, [_child(tree, name) for name in names])
    changed_files = _changed_files(source, tree.difference.changed)
    kind = ChangeKind.DEPENDENCY if changed_files else ChangeKind.EVERYTHING
    if any(_concerns_a_server(child) for child in children):
        kind = ChangeKind.VERSIONS
    return ModelChange(
        name=source.name,
        path=source.path,
        root=tree.difference.root.absolute(),
        kind=kind,
        children=tuple(children),
        base_names=read_names(tree.base),
        head_names=read_names(tree.head),
        changed_files=changed_files,
        path_before=tree.base_path_before if tree.moved else "",
    )


def _concerns_a_server(child: ChildChange) -> bool:
    """Whether a child was touched that is a version, or was surely meant to be one."""
    meant = child.version is not None or child.holds_model or child.held_model
    return child.event is not Event.UNCHANGED and (meant or child.name in MODEL_FILES)


def _changed_files(source: ModelSource, changed: frozenset[str]) -> tuple[str, ...]:
    globs = Patterns(source.changed_when)
    plain = frozenset(source.depends_on)
    folders = tuple(f"{one}/" for one in plain)
    found = (
        file for file in changed if file in plain or file.startswith(folders) or globs.match(file)
    )
    return tuple(sorted(found))


def _child(tree: _Tree, name: str) -> ChildChange:
    before, after = tree.base.get(name, []), tree.head.get(name, [])
    place, earlier = join(tree.base_path, name), join(tree.base_path_before, name)
    if tree.moved and before and after:
        files = [f"{place}/{file}" for file in _differing(tree, name)]
    else:
        files = sorted(tree.difference.changed.intersection((*before, *after)))
    return ChildChange(
        name=name,
        version=parse_version(name),
        event=_event(tree, before, after, files),
        holds_model=_holds_model(tree, place if after else earlier, after or before),
        held_model=_has_model_file(earlier, before),
        is_directory=(after or before) != [place] or (tree.difference.root / place).is_dir(),
        in_git=not after or not tree.difference.outside.issuperset(after),
        files=tuple(files),
    )


def _differing(tree: _Tree, name: str) -> list[str]:
    """The files of a child that moved with its base path, and do not hold what they held."""
    old, new = tree.contents_before(name), tree.contents(name)
    folder = tree.difference.root / tree.base_path / name
    return [
        file
        for file in sorted(old.keys() | new.keys())
        if file not in old
        or file not in new
        or not old[file].same_content(_identified(folder / file, new[file], old[file]))
    ]


def _event(tree: _Tree, before: list[str], after: list[str], files: list[str]) -> Event:
    if not tree.difference.base_known:
        return Event.UNCHANGED
    if not before:
        return Event.ADDED
    if not after:
        return Event.DELETED
    return Event.CHANGED if files else Event.UNCHANGED


def _holds_model(tree: _Tree, place: str, files: list[str]) -> bool:
    if files == [place]:  # a link to a directory or a submodule: git does not look behind it
        folder = tree.difference.root / place
        return any((folder / name).is_file() for name in MODEL_FILES)
    return _has_model_file(place, files)


def _has_model_file(place: str, files: Iterable[str]) -> bool:
    wanted = {f"{place}/{name}" for name in MODEL_FILES}
    return not wanted.isdisjoint(files)


def _with_renames(tree: _Tree, children: list[ChildChange]) -> list[ChildChange]:
    """Pairs the versions that were added with those that were deleted and had the same files."""
    gone = [
        (one.name, tree.contents_before(one.name))
        for one in children
        if one.event is Event.DELETED and (one.held_model or one.version is not None)
    ]
    return [_renamed(tree, child, gone) for child in children]


def _renamed(
    tree: _Tree, child: ChildChange, gone: Sequence[tuple[str, Mapping[str, File]]]
) -> ChildChange:
    if not gone or child.event is not Event.ADDED:
        return child
    files = tree.contents(child.name)
    folder = tree.difference.root / tree.base_path / child.name
    former = next((name for name, old in gone if _same(folder, old, files)), None)
    return child if former is None else replace(child, event=Event.RENAMED, renamed_from=former)


def _same(folder: Path, old: Mapping[str, File], new: Mapping[str, File]) -> bool:
    """Whether all files are the same; what is on disk alone is hashed as git would."""
    if old.keys() != new.keys():
        return False
    return all(
        old[name].same_content(_identified(folder / name, new[name], old[name])) for name in new
    )


def _identified(path: Path, file: File, like: File) -> File:
    if file.blob is not None or like.blob is None:
        return file
    try:
        return file._replace(blob=git_blob(path, digits=len(like.blob)))
    except OSError:
        return file
