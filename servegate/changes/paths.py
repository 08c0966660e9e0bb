"""Paths of a repository as git writes them: relative to its root, parts separated by "/"."""

from __future__ import annotations

from collections.abc import Iterable

MODEL_FILES = ("saved_model.pb", "saved_model.pbtxt")
"""What makes a directory a SavedModel."""


def join(base_path: str, name: str) -> str:
    """A child of a base path; "." is the root of the repository."""
    return name if base_path == "." else f"{base_path}/{name}"


def split(path: str) -> tuple[str, str]:
    """The directory that a path lies in ("." for the root) and its own name."""
    folder, _, name = path.rpartition("/")
    return folder or ".", name


def by_base_path(
    files: Iterable[str], base_paths: Iterable[str]
) -> dict[str, dict[str, list[str]]]:
    """The files below each base path, by the child of the base path that they belong to."""
    found: dict[str, dict[str, list[str]]] = {base_path: {} for base_path in base_paths}
    if not found:
        return found
    # Files of one directory have the same owners, and directories are few beside files.
    owners: dict[str, list[tuple[str, str]]] = {}
    for file in files:
        folder, name = split(file)
        if folder not in owners:
            owners[folder] = list(_owners(folder, found))
        for base_path, child in owners[folder]:
            found[base_path].setdefault(child or name, []).append(file)
    return found


def _owners(folder: str, base_paths: Iterable[str]) -> Iterable[tuple[str, str]]:
    """The base paths that a directory is in, each with its child ("" for the base path itself)."""
    child = ""
    while True:
        if folder in base_paths:
            yield folder, child
        if folder == ".":
            return
        folder, child = split(folder)
