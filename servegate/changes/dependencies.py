"""The files of a repository that a Python module imports, found without running anything.

A change of one of them changes what `training:` or `serving:` does.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from servegate.changes.paths import join

_MAX_BYTES = 4 << 20
"""Larger sources are data that somebody generated; parsing one takes minutes."""


def imported_files(
    repository: Path, module: str, roots: Sequence[str] = (".", "src")
) -> tuple[str, ...]:
    """Every place where Python would look for the module and all that it imports, sorted.

    Relative to the repository, below `roots` (the second is where projects that are installed in
    development mode keep their packages). The places need not exist: a module that the change
    deletes, or a package that begins to shadow another one, is noticed by its path. So the
    current tree is all that is needed. What is imported by a computed name is not seen.
    """
    modules: dict[str, None] = {}
    places: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in modules:
            continue
        modules[name] = None
        for place in _places(name, roots):
            places.add(place.path)
            waiting += _imports(repository, place)
    return tuple(sorted(places))


@dataclass(frozen=True, slots=True)
class _Place:
    """A file that a module may be in, and the package that its relative imports start from."""

    path: str
    package: str


def _places(module: str, roots: Sequence[str]) -> Iterator[_Place]:
    """The module's own file in both forms, and the `__init__` of every package above it."""
    parts = module.split(".")
    if not all(part.isidentifier() for part in parts):
        return
    for root in roots:
        for length in range(1, len(parts) + 1):
            package = ".".join(parts[:length])
            yield _Place(join(root, "/".join((*parts[:length], "__init__.py"))), package)
        yield _Place(join(root, "/".join(parts) + ".py"), ".".join(parts[:-1]))


def _imports(repository: Path, place: _Place) -> Iterator[str]:
    """The names of all modules that a file may import; none where it is not there."""
    tree = _parsed(repository, place.path)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = _absolute(node, place.package)
            if source:
                yield source
                # `from package import name`: the name may be a module of the package.
                yield from (f"{source}.{alias.name}" for alias in node.names)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    """The module that an import starts from; "" where it climbs out of its packages."""
    if not node.level:
        return node.module or ""
    parts = package.split(".") if package else []
    if node.level > len(parts):
        return ""
    kept = parts[: len(parts) - node.level + 1]
    return ".".join((*kept, node.module) if node.module else kept)


def _parsed(repository: Path, path: str) -> ast.Module | None:
    """The syntax tree of a file of the repository; None where there is no telling.

    A file that does not parse imports nothing: running it will fail, and say so.
    """
    file = repository / path
    try:
        inside = file.resolve().is_relative_to(repository.resolve())
        if not inside or not file.is_file() or file.stat().st_size > _MAX_BYTES:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes in other people's strings
            return ast.parse(file.read_bytes())
    except (OSError, RuntimeError, SyntaxError, ValueError, MemoryError):
        # RuntimeError: links in a circle, and nesting too deep for the parser.
        return None
