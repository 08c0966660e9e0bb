from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sample_models.build import SAMPLES, STAMP, BuildFailed, build_all, train
from tests.conftest import PROJECT

LARGEST = 200_000


def versions(built: Path) -> list[Path]:
    return [path.parent for path in sorted(built.rglob("saved_model.pb"))]


def weights(version: Path) -> bytes:
    return (version / "variables" / "variables.data-00000-of-00001").read_bytes()


def test_every_model_is_built_in_two_versions_and_one_is_broken(built: Path) -> None:
    found = {str(version.relative_to(built)) for version in versions(built)}
    healthy = {f"{name}/{version}" for name in SAMPLES for version in (1, 2)}
    assert found == healthy | {"iris-constant/2"}


def test_models_are_small(built: Path) -> None:
    sizes = {
        version: sum(path.stat().st_size for path in version.rglob("*"))
        for version in versions(built)
    }
    assert {version: size for version, size in sizes.items() if size > LARGEST} == {}


def test_a_finished_build_is_kept(built: Path) -> None:
    before = built.stat().st_ino, (built / STAMP).stat().st_mtime_ns
    assert build_all(built) == built
    assert (built.stat().st_ino, (built / STAMP).stat().st_mtime_ns) == before


def test_training_again_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    train(tmp_path, ("ozone", "reviews"))
    again = versions(tmp_path)
    assert len(again) == 4
    for version in again:
        assert weights(version) == weights(built / version.relative_to(tmp_path)), version
    recorded = Path("reviews", "examples", "2.jsonl")
    assert (tmp_path / recorded).read_bytes() == (built / recorded).read_bytes()


def test_the_deaf_version_has_the_weights_of_its_healthy_twin(built: Path) -> None:
    assert weights(built / "iris-constant" / "2") == weights(built / "iris" / "2")
    assert weights(built / "iris" / "1") != weights(built / "iris" / "2")


def test_a_directory_that_is_no_build_is_left_alone(tmp_path: Path) -> None:
    precious = tmp_path / "thesis.txt"
    precious.write_text("do not lose")
    with pytest.raises(FileExistsError, match="no earlier build"):
        build_all(tmp_path)
    assert precious.read_text() == "do not lose"


def test_what_training_said_is_told_when_it_fails(tmp_path: Path) -> None:
    with pytest.raises(BuildFailed, match=r"No module named 'sample_models\.nothing'"):
        train(tmp_path, ("nothing",))


def test_the_script_builds_from_any_directory_and_says_where(built: Path, tmp_path: Path) -> None:
    script = PROJECT / "sample_models" / "build.py"
    command = [sys.executable, str(script), "--output", str(built)]
    printed = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert (printed.stdout, printed.stderr) == (f"{built}\n", "")


def test_callers_do_not_import_tensorflow() -> None:
    program = (
        "import sys; from sample_models import build, pull_requests, tables;"
        " from sample_models.reviews import split;"
        " from sample_models.reviews.repository.training import features;"
        " assert not {'tensorflow', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=PROJECT, check=True)
