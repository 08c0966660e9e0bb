from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sample_models.build import SAMPLES, STAMP, BuildFailed, build_all, train
from servegate.savedmodel.reader import read
from servegate.savedmodel.warmup import read_warmup
from tests.conftest import PROJECT

LARGEST = 200_000


def versions(built: Path) -> list[Path]:
    return [path.parent for path in sorted(built.rglob("saved_model.pb"))]


def weights(version: Path) -> bytes:
    return (version / "variables" / "variables.data-00000-of-00001").read_bytes()


def test_every_model_is_built_in_two_versions_and_some_are_broken(built: Path) -> None:
    found = {str(version.relative_to(built)) for version in versions(built)}
    healthy = {f"{name}/{version}" for name in SAMPLES for version in (1, 2)}
    assert found == healthy | {"iris-constant/2", "trees-forgotten/2", "opinions-empty/2"}


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


@pytest.mark.long
def test_training_again_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    train(tmp_path, ("ozone", "reviews", "stopping", "nile"))
    again = versions(tmp_path)
    assert len(again) == 8
    for version in again:
        assert weights(version) == weights(built / version.relative_to(tmp_path)), version
    recorded = Path("reviews", "examples", "2.jsonl")
    assert (tmp_path / recorded).read_bytes() == (built / recorded).read_bytes()


def test_the_deaf_version_has_the_weights_of_its_healthy_twin(built: Path) -> None:
    assert weights(built / "iris-constant" / "2") == weights(built / "iris" / "2")
    assert weights(built / "iris" / "1") != weights(built / "iris" / "2")


def test_the_version_without_a_vocabulary_differs_in_it_alone(built: Path) -> None:
    healthy, broken = built / "opinions" / "2", built / "opinions-empty" / "2"
    files = [path.relative_to(healthy) for path in healthy.rglob("*") if path.is_file()]
    differing = [
        str(path) for path in files if (healthy / path).read_bytes() != (broken / path).read_bytes()
    ]
    assert differing == ["assets/vocabulary.txt"]


@pytest.mark.parametrize("version", ["1", "2"])
def test_the_old_model_has_what_only_the_old_format_has(built: Path, version: str) -> None:
    model = read(built / "stopping" / version)
    assert "legacy_init_op" in model.meta_graph.collection_def
    assert model.meta_graph.object_graph_def.nodes == []
    assert model.ops()["VariableV2"] == 2 * len(
        model.meta_graph.collection_def["trainable_variables"].bytes_list.value
    )
    assert "VarHandleOp" not in model.ops()


@pytest.mark.parametrize("version", ["1", "2"])
def test_serialized_examples_come_with_every_kind_of_signature(built: Path, version: str) -> None:
    methods = {one.name: one.method for one in read(built / "smog" / version).signatures}
    assert methods == {
        "serving_default": "tensorflow/serving/predict",
        "classify": "tensorflow/serving/classify",
        "regress": "tensorflow/serving/regress",
    }
    warm_up = read_warmup(built / "smog" / version)
    assert warm_up is not None
    assert [one.signature for one in warm_up.requests] == ["classify", "regress"]


def test_a_model_that_remembers_has_no_recorded_answers(built: Path) -> None:
    recorded = (built / "nile" / "examples" / "2.jsonl").read_text("utf-8").splitlines()
    assert {tuple(json.loads(line)) for line in recorded} == {("inputs", "for_version")}


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
        " from sample_models.complaints import vocabularies;"
        " from sample_models.reviews.repository.training import features;"
        " assert not {'tensorflow', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=PROJECT, check=True)
