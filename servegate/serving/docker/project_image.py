"""Production's own image, built from its Dockerfile as the project builds it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import docker
from docker.utils.build import exclude_paths

from servegate.deadline import Deadline
from servegate.errors import CannotTell
from servegate.serving.docker.buildkit import Build, build_by_command
from servegate.serving.docker.context import Entry
from servegate.serving.docker.dockerfile import buildkit_reason
from servegate.serving.docker.engine import Answer
from servegate.serving.docker.images import built_image, temporary_image
from servegate.serving.docker.labels import BUILD, new_name, own_labels
from servegate.serving.docker.settings import DockerSettings

_DOING = "building production's image from its Dockerfile"
_IGNORE = ".dockerignore"
_DOCKERFILE = ".servegate.dockerfile"


def project_image(
    client: docker.APIClient, settings: DockerSettings, deadline: Deadline
) -> AbstractContextManager[Answer]:
    """Builds `settings.dockerfile` with its context, modes and all; removed at the end.

    The engine's classic builder does it, which every engine has; what needs BuildKit is left to
    the docker command.
    """
    if settings.dockerfile is None:
        raise CannotTell("There is no Dockerfile to build production's image from.")
    context = settings.context or settings.files
    name = new_name("project")
    labels = {**own_labels(), BUILD: name}
    reason = buildkit_reason(_text(settings.dockerfile))
    if not reason:
        return built_image(
            client,
            name,
            _context(context, settings.dockerfile),
            deadline,
            doing=_DOING,
            build={"dockerfile": _DOCKERFILE, "labels": labels},
        )
    build = Build(
        dockerfile=settings.dockerfile, context=context, tag=name, labels=labels, reason=reason
    )
    return temporary_image(
        client, name, lambda: build_by_command(build, deadline, doing=_DOING), doing=_DOING
    )


def _text(dockerfile: Path) -> str:
    try:
        return dockerfile.read_text("utf-8", "replace")
    except OSError as error:
        raise CannotTell(f"{dockerfile} cannot be read: {error.strerror}.") from error


def _context(folder: Path, dockerfile: Path) -> Iterator[Entry]:
    """What the docker command would send."""
    yield Entry(name=_DOCKERFILE, content=dockerfile)
    for name in sorted(exclude_paths(str(folder), _ignored(folder, dockerfile))):
        path = folder / name
        mode = path.lstat().st_mode & 0o7777
        if path.is_symlink():
            yield Entry(name=name, link=str(path.readlink()))
        elif path.is_dir():
            yield Entry(name=name, mode=mode)
        elif path.is_file():
            yield Entry(name=name, content=path, mode=mode)


def _ignored(folder: Path, dockerfile: Path) -> list[str]:
    """The patterns of the Dockerfile's own ignore file, else of the context's."""
    own = dockerfile.with_name(f"{dockerfile.name}{_IGNORE}")
    file = own if own.is_file() else folder / _IGNORE
    if not file.is_file():
        return []
    lines = (line.strip() for line in file.read_text("utf-8", "surrogateescape").splitlines())
    return [line for line in lines if line and not line.startswith("#")]
