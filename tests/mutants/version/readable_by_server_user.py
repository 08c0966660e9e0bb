"""Version trees outside git with modes that keep somebody out."""

from __future__ import annotations

import os
from pathlib import Path

from tests.support.scenes import BASE_PATH, Scene, advisory

_STRANGER = os.getuid() + 1


def _set(version: Path, *, file: int, directory: int) -> None:
    """As `umask` leaves them; the children first, so that the way to them stays open."""
    (version / "saved_model.pb").chmod(file)
    version.chmod(directory)


def mutant_p06_file_for_its_owner_alone(scene: Scene) -> str:
    _set(scene.fetched("2", user=_STRANGER), file=0o600, directory=0o755)
    return "saved_model.pb (mode 600)"


def mutant_p06_directory_for_its_owner_alone(scene: Scene) -> str:
    _set(scene.fetched("2", user=_STRANGER), file=0o644, directory=0o700)
    return "chmod -R a+rX models/prices/2"


def mutant_p06_directory_that_can_be_listed_and_not_entered(scene: Scene) -> str:
    version = scene.fetched("2", user=_STRANGER)
    scene.write(f"{BASE_PATH}/2/assets/words.txt", "good\n")
    (version / "assets").chmod(0o744)
    return "assets (mode 744)"


@advisory
def mutant_p06_owner_alone_and_no_user_is_known(scene: Scene) -> str:
    _set(scene.fetched("2"), file=0o600, directory=0o700)
    return "serving: {user: 1000}"


def twin_p06_everybody_may_read(scene: Scene) -> None:
    _set(scene.fetched("2", user=_STRANGER), file=0o644, directory=0o755)


def twin_p06_nobody_may_write(scene: Scene) -> None:
    _set(scene.fetched("2", user=_STRANGER), file=0o444, directory=0o755)


def twin_p06_root_reads_everything(scene: Scene) -> None:
    _set(scene.fetched("2", user=0), file=0o600, directory=0o700)


def twin_p06_the_server_is_the_owner(scene: Scene) -> None:
    _set(scene.fetched("2", user=os.getuid()), file=0o600, directory=0o700)


def twin_p06_a_group_may_read_and_no_user_is_known(scene: Scene) -> None:
    _set(scene.fetched("2"), file=0o640, directory=0o750)
