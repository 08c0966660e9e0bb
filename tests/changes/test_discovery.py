from __future__ import annotations

from pathlib import Path

import pytest

from servegate.changes.difference import Difference, File
from servegate.changes.discovery import discover
from servegate.changes.patterns import Patterns


def _discovered(*files: str, ignore: tuple[str, ...] = ()) -> dict[str, str]:
    head = {file: File("100644", "0" * 40) for file in files}
    difference = Difference(root=Path("/repositories/shop"), head=head)
    return {source.path: source.name for source in discover(difference, ignore)}


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["models/a", "models/b"], ["a", "b"]),
        (["eu/prices", "us/prices", "us/rank"], ["eu/prices", "us/prices", "rank"]),
        (["prices", "us/prices"], ["prices", "us/prices"]),
        (["x/a/m", "y/a/m", "y/b/m"], ["x/a/m", "y/a/m", "b/m"]),
        (["."], ["shop"]),
        ([".", "shop"], ["./shop", "shop"]),
    ],
)
def test_names_are_the_shortest_suffixes(paths: list[str], names: list[str]) -> None:
    files = [f"{path}/1/saved_model.pb".removeprefix("./") for path in paths]
    assert _discovered(*files) == dict(zip(paths, names, strict=True))


def test_only_numbers_that_hold_a_model_count() -> None:
    assert _discovered(
        "a/v2/saved_model.pb",
        "b/1/assets/saved_model.pb.txt",
        "c/00012/saved_model.pbtxt",
        "d/1/my_saved_model.pb",
        "saved_model.pb",
        "9/saved_model.pb/1",
        "e/1.0/saved_model.pb",
    ) == {"c": "c"}


def test_what_is_ignored() -> None:
    files = [f"{path}/1/saved_model.pb" for path in ("third_party/a", "third_party_b", "t/data/c")]
    assert _discovered(*files, ignore=("third_party/", "**/data")) == {
        "third_party_b": "third_party_b"
    }


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("data", "data/x/y", True),
        ("./data/", "data", True),
        ("data", "database", False),
        ("data", "x/data", False),
        ("*.dvc", "model.dvc", True),
        ("*.dvc", "x/model.dvc", False),
        ("**/*.dvc", "x/y/model.dvc", True),
        ("**/*.dvc", "model.dvc", True),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b/c", True),
        ("a/**/b", "a/x/y/c", False),
        ("a/*", "a/x/y", True),
        ("a/*/c", "a/x/y/c", False),
        ("[ab]?", "b1/x", True),
        ("[ab]?", "c1", False),
        ("x[1", "x[1/y", True),
        ("", "x", False),
        ("/", "x", False),
        ("*a" * 200 + "b", "a" * 4000, False),
        ("**/a/" * 200 + "b", "a/" * 1000, False),
    ],
)
def test_patterns(pattern: str, path: str, matches: bool) -> None:  # noqa: FBT001
    assert Patterns([pattern]).match(path) is matches
