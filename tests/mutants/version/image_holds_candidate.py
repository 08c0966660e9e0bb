"""Images that a project builds itself: with the candidate, without it, or closed to its user."""

from __future__ import annotations

from tests.support.scenes import BASE_PATH, NAME, Scene

_COPY = 'FROM scratch\nCOPY models /models\nCMD ["/"]\n'


def _built(scene: Scene, dockerfile: str, **serving: object) -> None:
    """The pull request adds version 2 to a project with a Dockerfile of its own."""
    scene.needs_docker()
    scene.released("1")
    scene.model("2")
    scene.write("deploy/Dockerfile", dockerfile)
    scene.configure(serving={"dockerfile": "deploy/Dockerfile", **serving})


def mutant_v17_a_dockerignore_leaves_the_version_out(scene: Scene) -> str:
    _built(scene, _COPY)
    scene.write(".dockerignore", f"{BASE_PATH}/2\n")
    return "saved_model.pb"


def mutant_v17_the_copy_names_the_old_version(scene: Scene) -> str:
    _built(scene, f'FROM scratch\nCOPY {BASE_PATH}/1 /models/{NAME}/1\nCMD ["/"]\n')
    return f"/models/{NAME}/2"


def mutant_v17_the_old_content_under_the_new_number(scene: Scene) -> str:
    _built(scene, f'FROM scratch\nCOPY {BASE_PATH}/1 /models/{NAME}/2\nCMD ["/"]\n')
    return "other content"


def twin_v17_the_copy_brings_everything(scene: Scene) -> None:
    _built(scene, _COPY)


def twin_v17_a_dockerignore_leaves_the_old_version_out(scene: Scene) -> None:
    _built(scene, _COPY)
    scene.write(".dockerignore", f"{BASE_PATH}/1\n")


def mutant_p06_only_root_may_read(scene: Scene) -> str:
    _built(scene, _COPY, user=1000)
    (scene.version("2") / "saved_model.pb").chmod(0o600)
    return "uid 1000"


def mutant_p06_a_directory_above_is_closed(scene: Scene) -> str:
    _built(scene, f"{_COPY}USER 1000\n")
    scene.repo.file(BASE_PATH).chmod(0o700)
    return "uid 1000"


def twin_p06_root_reads_what_is_closed(scene: Scene) -> None:
    _built(scene, _COPY)
    (scene.version("2") / "saved_model.pb").chmod(0o600)


def twin_p06_the_owner_reads_what_is_closed_to_others(scene: Scene) -> None:
    _built(scene, 'FROM scratch\nCOPY --chown=1000 models /models\nUSER 1000\nCMD ["/"]\n')
    (scene.version("2") / "saved_model.pb").chmod(0o600)
