"""The healthy pull requests that faults are put into."""

from __future__ import annotations

import json
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from subprocess import PIPE, run

from benchmarks.detection.editing.weights import change_floats
from benchmarks.detection.fit import DoesNotFit
from sample_models.build import build_all
from sample_models.pull_requests import PullRequest, all_pull_requests
from servegate.findings import Verdict

PROJECT = Path(__file__).resolve().parents[2]
SHARED = PROJECT.parent / "shared" / "models"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A healthy pull request as two trees: what production has, and one version more.

    `path` is the model's base path in the trees; `old` and `new` are the names of the version
    directories that production has and that the pull request adds.
    """

    name: str
    base: Path
    head: Path
    path: str
    old: str
    new: str

    @property
    def model(self) -> str:
        """The model's name."""
        return self.path.rpartition("/")[2]

    @property
    def configured(self) -> bool:
        """Whether the team has written a `servegate.yml`: examples, callables."""
        return (self.head / "servegate.yml").is_file()


def all_origins(folder: Path) -> tuple[Origin, ...]:
    """Makes the origins below `folder`: the sample models, and public ones where they are.

    A folder of an earlier call is made anew.
    """
    return (*sample_origins(folder), *_public(folder))


def sample_origins(folder: Path) -> tuple[Origin, ...]:
    """Makes those of the sample models, which are the same on every machine."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return tuple(_samples(folder))


def _samples(folder: Path) -> Iterator[Origin]:
    """One of each sample model: the first pull request of it that must pass."""
    built = build_all()
    seen: set[str] = set()
    for made in all_pull_requests(built, folder / "git"):
        origin = _of_pull_request(made, folder)
        if made.expected_verdict is Verdict.ACCEPTED and origin.name not in seen:
            seen.add(origin.name)
            yield origin


def _of_pull_request(made: PullRequest, folder: Path) -> Origin:
    trees = {}
    for side, commit in (("base", made.base), ("head", made.head)):
        trees[side] = folder / made.name / side
        packed = run(
            ["git", "archive", commit], cwd=made.repository, stdout=PIPE, check=True
        ).stdout
        with tarfile.open(fileobj=BytesIO(packed)) as archive:
            archive.extractall(trees[side], filter="data")
    (model,) = (trees["head"] / "models").iterdir()
    return Origin(
        name=model.name,
        base=trees["base"],
        head=trees["head"],
        path=f"models/{model.name}",
        old="1",
        new="2",
    )


def _public(folder: Path) -> Iterator[Origin]:
    """Public models that answer: the newest version of each, and a retrained one after it."""
    index = SHARED / "index.json"
    described = json.loads(index.read_bytes()) if index.is_file() else []
    for one in sorted(described, key=lambda entry: (entry["name"], int(entry["version"]))):
        if one["executes"]:
            yield _of_public(one["name"], one["version"], folder)


def _of_public(name: str, version: str, folder: Path) -> Origin:
    short = name.rpartition("__")[2]
    old, new = version, str(int(version) + 1)
    place = folder / f"{short}-{int(version)}"
    path = f"models/{short}"
    base, head = place / "base", place / "head"
    shutil.copytree(SHARED / name / version, base / path / old)
    shutil.copytree(base, head)
    shutil.copytree(head / path / old, head / path / new)
    retrain(head / path / new)
    return Origin(name=place.name, base=base, head=head, path=path, old=old, new=new)


def retrain(version: Path) -> None:
    """Moves every weight a little, as another epoch would; without weights, adds a file."""
    try:
        change_floats(version, lambda values: values * 1.03125)
    except DoesNotFit:
        (version / "assets.extra").mkdir(exist_ok=True)
        (version / "assets.extra" / "exported.txt").write_text("the second export\n")
