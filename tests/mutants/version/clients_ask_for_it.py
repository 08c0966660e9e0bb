"""Clients that ask for what production does not serve after the change."""

from __future__ import annotations

from tests.support.scenes import NAME, Scene, advisory

_ROOT = "http://models.internal:8501/v1/models"
_CLIENT = "client/address.py"


def _client(scene: Scene, path: str) -> None:
    scene.write(_CLIENT, f'"""Where the model answers."""\n\nURL = "{_ROOT}/{path}:predict"\n')


@advisory
def mutant_v20_address_with_the_old_version(scene: Scene) -> str:
    _client(scene, f"{NAME}/versions/1")
    scene.released("1")
    scene.model("2")
    return f"{_CLIENT}:3 asks for version 1 of '{NAME}'"


@advisory
def mutant_v20_request_fixture_with_the_old_version(scene: Scene) -> str:
    spec = f'{{"model_spec": {{"name": "{NAME}", "version": {{"value": "1"}}}}}}\n'
    scene.write("tests/data/request.json", spec)
    scene.released("1")
    scene.model("2")
    return "tests/data/request.json:1"


@advisory
def mutant_v20_command_in_a_document(scene: Scene) -> str:
    scene.write("docs/usage.md", f"# Ask\n\n    curl -d @x {_ROOT}/{NAME}/versions/1:predict\n")
    scene.released("1")
    scene.model("2")
    return "docs/usage.md:3"


@advisory
def mutant_v20_new_client_with_a_version_that_is_gone_for_long(scene: Scene) -> str:
    scene.released("5")
    scene.model("6")
    _client(scene, f"{NAME}/versions/2")
    return "version 2"


@advisory
def mutant_v20_label_that_is_taken_away(scene: Scene) -> str:
    label = 'all {} } version_labels { key: "stable" value: 1'
    flags = ["--allow_version_labels_for_unavailable_models=true"]
    _client(scene, f"{NAME}/labels/stable")
    scene.production(label, flags=flags)
    scene.released("1")
    scene.model("2")
    scene.production("all {}", flags=flags)
    return "by the label 'stable'"


def twin_v20_address_without_a_version(scene: Scene) -> None:
    _client(scene, NAME)
    scene.released("1")
    scene.model("2")


def twin_v20_old_version_that_stays_loaded(scene: Scene) -> None:
    _client(scene, f"{NAME}/versions/1")
    scene.production("latest { num_versions: 2 }")
    scene.released("1")
    scene.model("2")


def twin_v20_old_client_of_a_version_that_is_gone_for_long(scene: Scene) -> None:
    _client(scene, f"{NAME}/versions/2")
    scene.released("5")
    scene.model("6")


def twin_v20_version_that_is_put_in_at_run_time(scene: Scene) -> None:
    url = f'"{_ROOT}/{NAME}/versions/{{version}}:predict"'
    scene.write(_CLIENT, f"def address(version):\n    return f{url}\n")
    scene.released("1")
    scene.model("2")


def twin_v20_status_of_a_version_in_a_document(scene: Scene) -> None:
    _client(scene, NAME)
    scene.write("docs/release.md", f"`GET {_ROOT}/{NAME}/versions/1` said AVAILABLE.\n")
    scene.released("1")
    scene.model("2")


def twin_v20_version_of_another_model(scene: Scene) -> None:
    _client(scene, "rents/versions/1")
    scene.released("1")
    scene.model("2")


@advisory
def mutant_v11_other_capitals(scene: Scene) -> str:
    _client(scene, NAME.capitalize())
    scene.production()
    scene.released("1")
    scene.model("2")
    return f"Write {NAME}."


@advisory
def mutant_v11_number_at_the_end(scene: Scene) -> str:
    _client(scene, f"{NAME}-v2")
    scene.configure()
    scene.released("1")
    scene.model("2")
    return f"the model '{NAME}-v2', which nobody has"


def twin_v11_the_name_itself(scene: Scene) -> None:
    _client(scene, NAME)
    scene.production()
    scene.released("1")
    scene.model("2")


def twin_v11_name_that_is_only_similar(scene: Scene) -> None:
    _client(scene, f"{NAME}_eu")
    scene.production()
    scene.released("1")
    scene.model("2")


def twin_v11_names_that_nobody_has_configured(scene: Scene) -> None:
    _client(scene, NAME.capitalize())
    scene.released("1")
    scene.model("2")
