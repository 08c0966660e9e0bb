"""Requests in the repository's own files: client code, fixtures, scripts."""

from __future__ import annotations

import posixpath
import re
import stat
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path, PurePosixPath

from servegate.evidence.request_texts import Mention, mentions
from servegate.facts.clients import ClientRequest
from servegate.facts.repository import Repository
from servegate.findings import Location
from servegate.providers import Stage, provides

_MOST_BYTES = 1 << 20
"""Of one file: a larger one is data, or was generated."""

_BUDGET = 64 << 20
"""Of all files together, smallest first."""

_MOST_REQUESTS = 200
"""Of one file: more are recorded, and say the same."""

_ANCHORS = (b"/v1/models/", b"model_spec", b"modelSpec", b"ModelSpec")
_DOCUMENTS = frozenset({".adoc", ".md", ".markdown", ".rst", ".txt"})
# Images, archives, tables, weights, and what tools write for themselves.
_DATA = re.compile(
    r"\.(?:bin|bz2|csv|gif|gz|h5|ico|ipynb|jpe?g|lock|np[yz]|onnx|parquet|pb|pbtxt|pdf|pkl|png|svg"
    r"|tar|tfrecord|tgz|tsv|whl|zip)\Z",
    re.IGNORECASE,
)
_LOCKS = frozenset({"package-lock.json", "pnpm-lock.yaml", "npm-shrinkwrap.json"})
_NOT_OURS = frozenset(
    {"node_modules", "third_party", "vendor", "vendored", "site-packages", ".venv", "venv"}
)


@provides(stage=Stage.FILES)
def client_requests(repository: Repository) -> tuple[ClientRequest, ...]:
    """What they ask for, in the order of the files."""
    return _found(repository)


def _version_trees(repository: Repository) -> tuple[str, ...]:
    sides = (repository.after, repository.before or {})
    return tuple(
        f"{posixpath.normpath(f'{tree.path}/{version.name}')}/"
        for side in sides
        for tree in side.values()
        for version in tree.names.versions
    )


@lru_cache(maxsize=1)
def _found(repository: Repository) -> tuple[ClientRequest, ...]:
    """Read once for all candidates of a run."""
    trees = _version_trees(repository)
    ours = [file for file in repository.files if _is_ours(file, trees)]
    return tuple(
        ClientRequest(
            location=Location(file=file, line=one.line),
            model=one.model,
            version=one.version,
            label=one.label,
            changed=file in repository.changed,
        )
        for file in _affordable(repository.root, ours)
        for one in _in_file(repository.root, file)
    )


def _is_ours(file: str, trees: tuple[str, ...]) -> bool:
    path = PurePosixPath(file)
    return not (
        _DATA.search(path.name) is not None
        or path.name in _LOCKS
        or file.startswith(trees)
        or not _NOT_OURS.isdisjoint(path.parts[:-1])
    )


def _affordable(root: Path, files: list[str]) -> list[str]:
    """Small regular files, as many as the budget allows."""
    sizes = [(size, file) for file in files if (size := _size(root / file)) is not None]
    left = _BUDGET
    chosen = []
    for size, file in sorted(sizes):
        left -= size
        if left < 0:
            break
        chosen.append(file)
    return sorted(chosen)


def _size(path: Path) -> int | None:
    """In bytes; None for what is no regular file, or a large one."""
    try:
        status = path.lstat()
    except (OSError, ValueError):
        return None
    regular = stat.S_ISREG(status.st_mode)
    return status.st_size if regular and status.st_size <= _MOST_BYTES else None


def _in_file(root: Path, file: str) -> Iterator[Mention]:
    try:
        content = (root / file).read_bytes()
    except OSError:  # gone since it was listed, or not to be read
        return
    if b"\0" in content or not any(anchor in content for anchor in _ANCHORS):
        return
    document = PurePosixPath(file).suffix.lower() in _DOCUMENTS
    for one in islice(mentions(content.decode("utf-8", "replace")), _MOST_REQUESTS):
        if one.asks or not document:
            yield one
