from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from servegate.config.load import load
from servegate.config.schema import Config, Release
from servegate.errors import WrongUse
from servegate.facts.settings import Rollout
from servegate.findings import Location, Severity
from tests.conftest import PROJECT
from tests.support.configuration import WHOLE, loaded


def test_every_documented_key_that_is_honoured_is_read(repository: Path) -> None:
    config = loaded(repository, WHOLE)
    assert config.serving.rollout is Rollout.IMAGE
    assert config.serving.model_config_file == "deploy/models.config"
    assert config.serving.flags == ("--enable_batching=true",)
    assert config.serving.load_timeout == 120.0
    model = config.models[0]
    assert (model.name, model.path, model.baseline) == (
        "sentiment",
        "models/sentiment",
        "in-production",
    )
    assert model.changed_when == ("model.dvc", "training/**/*.py")
    assert model.release is Release.STAGED
    assert model.examples == "data/sentiment.jsonl"
    assert model.tolerance is not None
    assert (model.tolerance.relative, model.tolerance.absolute) == (1e-5, 1e-6)
    assert model.preprocessing is not None
    assert model.preprocessing.training == "training.features:encode"
    assert model.preprocessing.serving == "client.request:Builder.build"
    assert model.preprocessing.python == ".venv/bin/python"
    assert model.checks["version/number-increases"].severity is Severity.ADVISORY
    assert [one.version for one in config.accept] == [7, 123]
    assert config.ignore == ("third_party",)


def test_a_repository_without_the_file_has_the_defaults(repository: Path) -> None:
    config = load(None, repository)
    assert config == Config()
    assert config.models == ()
    assert config.serving.rollout is Rollout.VOLUME
    assert config.serving.load_timeout == 120.0
    assert config.location(("models",)) is None


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n", "~\n"])
def test_an_empty_file_has_the_defaults(repository: Path, text: str) -> None:
    assert loaded(repository, text).serving == Config().serving


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("4GiB", 4 * 2**30),
        ("4Gi", 4 * 2**30),
        ("1.5 GB", 1_500_000_000),
        ("512M", 512_000_000),
        ("64MiB", 2**26),
        (2**30, 2**30),
    ],
)
def test_memory_is_read_in_the_usual_units(repository: Path, written: str | int, size: int) -> None:
    assert loaded(repository, f"serving: {{memory: {written}}}").serving.memory == size


def test_productions_image_is_read(repository: Path) -> None:
    text = "serving: {dockerfile: deploy/Dockerfile, context: ./deploy/, user: 1000}"
    serving = loaded(repository, text).serving
    assert (serving.dockerfile, serving.context) == ("deploy/Dockerfile", "deploy")
    assert serving.user == 1000
    pinned = f"tensorflow/serving@sha256:{'0' * 64}"
    assert loaded(repository, f"serving: {{image: {pinned}}}").serving.image == pinned


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("serving", "model_config"), 3),
        (("serving", "flags", 0), 4),
        (("models", 0), 7),
        (("models", 0, "path"), 8),
        (("models", 0, "tolerance", "absolute"), 13),
        (("models", 0, "sensitivity", "ignores", "request_id"), 19),
        (("models", 0, "checks", "version/number-increases", "reason"), 21),
        (("models", 1, "name"), 22),
        (("accept", 1, "version"), 28),
        (("models", 1, "examples"), 22),
        (("serving", "context"), 1),
        (("nothing",), None),
    ],
)
def test_every_value_knows_where_it_was_written(
    repository: Path, place: tuple[str | int, ...], line: int | None
) -> None:
    config = loaded(repository, WHOLE)
    assert config.location(place) == Location(file="servegate.yml", line=line)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("90", 90), ("1.5", 1.5), ("90s", 90), ("2m", 120), ("1.5h", 5400), ('"3 m"', 180)],
)
def test_durations(repository: Path, written: str, seconds: float) -> None:
    config = loaded(repository, f"serving: {{load_timeout: {written}}}")
    assert config.serving.load_timeout == seconds


def test_plain_values_are_read_as_yaml_1_2_does(repository: Path) -> None:
    text = "models: [{name: no, path: models/sentiment, changed_when: [1:30, 2024-01-01, 0x10]}]"
    model = loaded(repository, text).models[0]
    assert model.name == "no"
    assert model.changed_when == ("1:30", "2024-01-01", "0x10")


def test_aliases_are_read(repository: Path) -> None:
    text = """\
models:
  - {name: a, path: models/sentiment, tolerance: &near {relative: 0.1}}
  - {name: b, path: models/price, tolerance: *near}
"""
    config = loaded(repository, text)
    assert config.models[1].tolerance == config.models[0].tolerance


def test_nothing_of_it_can_be_changed(repository: Path) -> None:
    config = loaded(repository, WHOLE)
    with pytest.raises(ValidationError):
        config.models[0].path = "elsewhere"  # type: ignore[misc]


def test_a_given_file_is_read_from_anywhere(repository: Path) -> None:
    inside = repository / "deploy" / "gate.yml"
    inside.write_text("models: [{name: a, path: models/price}]")
    config = load(inside, repository)
    assert config.models[0].path == "models/price"
    assert config.location(("models", 0)) == Location(file="deploy/gate.yml", line=1)


def test_a_given_file_that_is_not_there_is_a_mistake(repository: Path) -> None:
    with pytest.raises(WrongUse, match=r"deploy/gate\.yml: there is no such file"):
        load(repository / "deploy/gate.yml", repository)


@pytest.mark.parametrize("name", ["x" * 10_000, "circle/gate.yml", "models/gate.yml"])
def test_a_given_file_that_cannot_be_reached_is_a_mistake(repository: Path, name: str) -> None:
    (repository / "circle").symlink_to("circle")
    (repository / "models/gate.yml").symlink_to("gate.yml")
    with pytest.raises(WrongUse, match=r"cannot be read|there is no such file") as caught:
        load(repository / name, repository)
    assert len(caught.value.mistakes) == 1


def test_a_pipe_or_a_directory_is_not_waited_for(repository: Path) -> None:
    os.mkfifo(repository / "servegate.yml")
    with pytest.raises(WrongUse, match=r"servegate\.yml: is not a file"):
        load(None, repository)
    with pytest.raises(WrongUse, match="deploy: is not a file"):
        load(repository / "deploy", repository)


def test_a_dangling_link_is_not_taken_for_no_file(repository: Path) -> None:
    (repository / "servegate.yml").symlink_to("nowhere")
    with pytest.raises(WrongUse, match="there is no such file"):
        load(None, repository)


def test_a_file_with_the_other_ending_is_not_passed_over(repository: Path) -> None:
    (repository / "servegate.yaml").write_text("ignore: []")
    with pytest.raises(WrongUse, match=r"servegate\.yaml: .* its name has to be servegate\.yml"):
        load(None, repository)


def test_the_content_of_another_commit_is_not_held_against_this_tree(repository: Path) -> None:
    text = b"serving: {model_config: gone.config}\nmodels: [{name: a, path: models/gone}]"
    config = load(None, repository, text, known_checks=())
    assert config.serving.model_config_file == "gone.config"
    assert config.location(("models", 0, "path")) == Location(file="servegate.yml", line=2)


def test_no_yaml_and_no_tensorflow_are_imported_without_a_file(tmp_path: Path) -> None:
    script = (
        "import pathlib, sys; from servegate.config.load import load; load(None, pathlib.Path());"
        "print(sorted({'yaml', 'tensorflow', 'google', 'numpy', 'grpc'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
