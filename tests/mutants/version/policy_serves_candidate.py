"""Configurations under which production does not load what the pull request adds."""

from __future__ import annotations

from tests.support.scenes import BASE_PATH, NAME, Scene, advisory


def mutant_v06_old_number_pinned(scene: Scene) -> str:
    scene.production("specific { versions: 1 }")
    scene.released("1")
    scene.model("2")
    return "deploy/models.config:5"


def mutant_v06_pinned_by_the_change_itself(scene: Scene) -> str:
    scene.production()
    scene.released("1", "2")
    scene.production("specific { versions: 1 }")
    return "deploy/models.config:5"


def mutant_v06_two_old_numbers_pinned(scene: Scene) -> str:
    scene.production("specific { versions: 1 versions: 2 }")
    scene.released("1", "2")
    scene.model("3")
    return "version 2 answers"


def twin_v06_pin_moved(scene: Scene) -> None:
    scene.production("specific { versions: 1 }")
    scene.released("1")
    scene.model("2")
    scene.production("specific { versions: 2 }")


def twin_v06_pinned_beside_the_old_one(scene: Scene) -> None:
    scene.production("specific { versions: 1 }")
    scene.released("1")
    scene.model("2")
    scene.production("specific { versions: 1 versions: 2 }")


def twin_v06_latest(scene: Scene) -> None:
    scene.production("latest { num_versions: 1 }")
    scene.released("1")
    scene.model("2")


def mutant_v07_version_that_was_never_there(scene: Scene) -> str:
    scene.production("specific { versions: 1 }")
    scene.released("1")
    scene.model("2")
    scene.production("specific { versions: 2 versions: 7 }")
    return "version 7"


def mutant_v07_pinned_version_deleted(scene: Scene) -> str:
    scene.production("specific { versions: 1 versions: 2 }")
    scene.released("1", "2")
    scene.repo.delete(f"{BASE_PATH}/1")
    return "version 1"


def twin_v07_version_that_the_change_adds(scene: Scene) -> None:
    scene.production("specific { versions: 1 }")
    scene.released("1")
    scene.model("7")
    scene.production("specific { versions: 7 }")


def twin_v07_unpinned_version_deleted(scene: Scene) -> None:
    scene.production("specific { versions: 2 }")
    scene.released("1", "2")
    scene.repo.delete(f"{BASE_PATH}/1")


def _name_becomes(scene: Scene, name: str) -> None:
    scene.production()
    scene.released("1")
    scene.model("2")
    config = scene.repo.file("deploy/models.config")
    config.write_text(config.read_text().replace(f'name: "{NAME}"', f'name: "{name}"'))


def mutant_v11_renamed(scene: Scene) -> str:
    _name_becomes(scene, f"{NAME}_v2")
    return f"deploy/models.config:2 renames '{NAME}' to '{NAME}_v2'"


def mutant_v11_other_capitals(scene: Scene) -> str:
    _name_becomes(scene, NAME.upper())
    return f"requests for '{NAME}' get 404"


@advisory
def mutant_v11_never_named(scene: Scene) -> str:
    scene.production()
    config = scene.repo.file("deploy/models.config")
    config.write_text(config.read_text().replace(f'name: "{NAME}"', f'name: "{NAME}s"'))
    scene.released("1")
    scene.model("2")
    return f"did you mean '{NAME}s'?"


def twin_v11_base_path_with_other_capitals(scene: Scene) -> None:
    _base_path_becomes(scene, f"/models/{NAME.upper()}")


def twin_v11_the_same_name_in_single_quotes(scene: Scene) -> None:
    scene.production()
    scene.released("1")
    scene.model("2")
    config = scene.repo.file("deploy/models.config")
    config.write_text(config.read_text().replace(f'"{NAME}"', f"'{NAME}'"))


def _base_path_becomes(scene: Scene, base_path: str) -> None:
    scene.production()
    scene.released("1")
    scene.model("2")
    scene.production(base_path=base_path)


def mutant_v12_base_path_one_level_up(scene: Scene) -> str:
    _base_path_becomes(scene, "/models")
    return "deploy/models.config:3"


def mutant_v12_base_path_one_level_down(scene: Scene) -> str:
    _base_path_becomes(scene, f"/models/{NAME}/export")
    return f"base_path was /models/{NAME}"


def mutant_v12_base_path_names_a_version(scene: Scene) -> str:
    _base_path_becomes(scene, f"/models/{NAME}/2")
    return "ends with a version number"


def _directory_becomes(scene: Scene, path: str, base_path: str = f"/models/{NAME}") -> None:
    scene.production()
    scene.released("1")
    scene.model("2")
    scene.repo.move(BASE_PATH, path)
    scene.production(base_path=base_path, models=[{"name": NAME, "path": path}])


def mutant_v12_directory_is_renamed_and_base_path_is_not(scene: Scene) -> str:
    _directory_becomes(scene, f"{BASE_PATH}_eu")
    return f'base_path: "/models/{NAME}_eu"'


def twin_v12_directory_and_base_path_are_renamed(scene: Scene) -> None:
    _directory_becomes(scene, f"{BASE_PATH}_eu", f"/models/{NAME}_eu")


def twin_v12_directory_lies_elsewhere_under_its_name(scene: Scene) -> None:
    _directory_becomes(scene, f"store/{NAME}")


def twin_v12_base_path_elsewhere(scene: Scene) -> None:
    _base_path_becomes(scene, f"/srv/{NAME}")


def twin_v12_base_path_of_a_folder_of_this_name(scene: Scene) -> None:
    _base_path_becomes(scene, f"/models/{NAME}/{NAME}")


def twin_v12_base_path_that_was_a_level_too_high(scene: Scene) -> None:
    scene.production(base_path="/models")
    scene.released("1")
    scene.model("2")
    scene.production()
