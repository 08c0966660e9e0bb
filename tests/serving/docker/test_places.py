from __future__ import annotations

from pathlib import Path

import pytest

from servegate.facts.serving import Launch, ServedModel
from servegate.serving.docker.places import CONFIG, Layout
from servegate.tfserving.base_paths import place_in_image
from servegate.tfserving.model_config import read_model_config


@pytest.mark.parametrize(
    ("base_path", "place"),
    [
        ("", "/models/m"),
        ("/models/m", "/models/m"),
        ("/srv/ml//prices/", "/srv/ml/prices"),
        ("s3://bucket/m", "/models/m"),
        ("gs://bucket/m", "/models/m"),
        ("models/m", "/models/m"),
        ("/", "/models/m"),
        ("/run/m", "/models/m"),
        ("/srv/../proc/m", "/models/m"),
        ("/lib/m", "/models/m"),
    ],
)
def test_a_model_is_placed_where_production_has_it_if_an_image_can(
    base_path: str, place: str
) -> None:
    assert place_in_image(base_path, "m") == place


@pytest.mark.parametrize(("name", "folder"), [("..", "model"), ("a/b", "a_b"), ("", "model")])
def test_a_name_that_is_no_directory_is_replaced(name: str, folder: str) -> None:
    assert place_in_image("", name) == f"/models/{folder}"


def layout(tmp_path: Path, *flags: str, on_volume: bool = False) -> Layout:
    (tmp_path / "staged").mkdir(exist_ok=True)
    models = (
        ServedModel(name="a", base_path=tmp_path / "staged", place="/srv/a"),
        ServedModel(name="b", base_path=tmp_path / "absent", place="s3://bucket/b"),
    )
    launch = Launch(models=models, flags=flags)
    return Layout(launch=launch, files=tmp_path / "repository", on_volume=on_volume)


def test_the_configuration_names_the_places(tmp_path: Path) -> None:
    def places(*, on_volume: bool) -> list[str]:
        config = read_model_config(layout(tmp_path, on_volume=on_volume).config())
        return [one.base_path for one in config.models]

    assert places(on_volume=False) == ["/srv/a", "/models/b"]
    assert places(on_volume=True) == ["/models/a", "/models/b"]


def test_files_of_the_repository_are_carried_along_and_no_others(tmp_path: Path) -> None:
    deploy = tmp_path / "repository" / "deploy"
    deploy.mkdir(parents=True)
    (deploy / "batching.txt").write_text("max_batch_size { value: 8 }")
    (deploy / "leak").symlink_to("/etc/hostname")
    outside = tmp_path / "outside"
    outside.touch()
    flags = (
        f"--batching_parameters_file={deploy / 'batching.txt'}",
        f"--monitoring_config_file={deploy / 'leak'}",
        f"--platform_config_file={outside}",
        "--tensorflow_session_config_file=/etc/hostname",
        "--enable_batching=true",
    )
    made = layout(tmp_path, *flags)
    assert made.flags() == (
        "--batching_parameters_file=/servegate/files/deploy/batching.txt",
        *flags[1:],
    )
    assert [one.name for one in made.entries("tree")] == [
        f"tree{CONFIG}",
        "tree/servegate/files/deploy/batching.txt",
        "tree/srv/a",
    ]


def test_staged_links_are_followed_and_files_and_dangling_links_are_kept(tmp_path: Path) -> None:
    version = tmp_path / "repository" / "models" / "00000007"
    version.mkdir(parents=True)
    (version / "saved_model.pb").touch()
    made = layout(tmp_path)
    staged = tmp_path / "staged"
    (staged / "00000007").symlink_to(version)
    (staged / "8").symlink_to(version / "saved_model.pb")
    (staged / "9").symlink_to(tmp_path / "gone")
    found = {one.name: one for one in made.entries("tree") if "/srv/a/" in one.name}
    assert set(found) == {
        "tree/srv/a/00000007",
        "tree/srv/a/00000007/saved_model.pb",
        "tree/srv/a/8",
        "tree/srv/a/9",
    }
    assert found["tree/srv/a/8"].content == version / "saved_model.pb"
    assert found["tree/srv/a/9"].link == str(tmp_path / "gone")
