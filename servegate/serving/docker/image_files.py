"""Reads files out of an image without running anything of it."""

from __future__ import annotations

import hashlib
import posixpath
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import docker
import requests
from docker.errors import NotFound, create_api_error_from_http_exception
from docker.utils import decode_json_header

from servegate.deadline import Deadline
from servegate.errors import CannotTell
from servegate.facts.images import ImageFile, ImageTree
from servegate.phases import Phase, Spent
from servegate.savedmodel.modes import ENTER, READ, User
from servegate.serving.docker.engine import explained, forgiving
from servegate.serving.docker.host import DockerHost, image_user
from servegate.serving.docker.labels import new_name, own_labels

_ROOT = 0
_DOING = "reading files out of production's image"
_STATUS = "X-Docker-Container-Path-Stat"


class ImageFiles:
    """Implements `servegate.facts.images.ProductionImage`."""

    def __init__(self, host: DockerHost, spent: Spent | None = None) -> None:
        """The wait for the image is added to `spent`."""
        self._host = host
        self._spent = spent or Spent()

    def tree(self, place: str, deadline: Deadline) -> ImageTree:
        """See `ProductionImage.tree`."""
        client = self._host.client()
        with self._spent.on(Phase.IMAGE):
            base = self._host.base(deadline)
        wanted = self._host.settings.user
        with _unstarted(client, base["Id"]) as container:
            named = image_user(base) if wanted is None else str(wanted)
            user = _user(client, container, named)
            reachable = all(_may(user, ENTER, entry) for entry in _around(client, container, place))
            found = dict(_files(client, container, place, user, deadline))
        return ImageTree(
            image=self._host.serving_image or "",
            place=place,
            user=f"uid {user.uid}",
            files={
                name: ImageFile(digest=digest, readable=readable and reachable)
                for name, (digest, readable) in found.items()
            },
        )


def _may(user: User, right: int, entry: tarfile.TarInfo) -> bool:
    return user.may(right, mode=entry.mode, uid=entry.uid, gid=entry.gid)


@contextmanager
def _unstarted(client: docker.APIClient, image: str) -> Iterator[str]:
    """A container that is never started: a handle on the image's files."""
    name = new_name("files")
    try:
        with explained(_DOING):
            client.create_container(image, command=["/"], name=name, labels=own_labels())
        yield name
    finally:
        with forgiving():
            client.remove_container(name, v=True, force=True)


@contextmanager
def _archive(client: docker.APIClient, container: str, path: str) -> Iterator[tarfile.TarFile]:
    """Raises `NotFound` where there is nothing of this path.

    Ends the engine's answer even when little of it was read: the engine lets nobody else at the
    container until then. The client's own `get_archive` cannot be ended.
    """
    with ExitStack() as opened:
        answer = opened.enter_context(_answer(client, container, path))
        if target := str(decode_json_header(answer.headers[_STATUS])["linkTarget"]):
            answer.close()
            beside = posixpath.join(posixpath.dirname(path), target)
            answer = opened.enter_context(_answer(client, container, beside))
        yield opened.enter_context(tarfile.open(fileobj=answer.raw, mode="r|"))


@contextmanager
def _answer(client: docker.APIClient, container: str, path: str) -> Iterator[requests.Response]:
    # https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerArchive
    with client.get(
        f"{client.base_url}/v{client.api_version}/containers/{container}/archive",
        params={"path": path},
        headers={"Accept-Encoding": "identity"},
        timeout=client.timeout,
        stream=True,
    ) as answer:
        try:
            answer.raise_for_status()
        except requests.HTTPError as error:
            create_api_error_from_http_exception(error)
        yield answer


def _around(client: docker.APIClient, container: str, place: str) -> Iterator[tarfile.TarInfo]:
    """The directories that one has to pass on the way to a place; a missing one is left out."""
    parts = posixpath.normpath(place).split("/")
    for count in range(2, len(parts)):
        try:
            with (
                explained(_DOING),
                _archive(client, container, "/".join(parts[:count])) as archive,
            ):
                first = archive.next()
        except CannotTell as error:
            if isinstance(error.__cause__, NotFound):
                return
            raise
        if first is not None:
            yield first


def _files(
    client: docker.APIClient, container: str, place: str, user: User, deadline: Deadline
) -> Iterator[tuple[str, tuple[str, bool]]]:
    """Path, digest and readability of every file below a place."""
    closed: set[str] = set()
    try:
        with explained(_DOING), _archive(client, container, place) as archive:
            for entry in archive:
                deadline.check()
                name = entry.name.rstrip("/").partition("/")[2]
                around = posixpath.dirname(name) if name else None
                if around in closed:
                    closed.add(name)
                if entry.isdir() and not _may(user, ENTER, entry):
                    closed.add(name)
                content = archive.extractfile(entry) if entry.isreg() else None
                if content is not None:
                    digest = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
                    yield name, (digest, around not in closed and _may(user, READ, entry))
    except CannotTell as error:
        if not isinstance(error.__cause__, NotFound):
            raise


def _user(client: docker.APIClient, container: str, named: str) -> User:
    """`uid`, `uid:gid`, or a name of the image's own list."""
    name, _, group = named.partition(":")
    if name.isdecimal() or not name:
        return User(uid=int(name or _ROOT), gid=int(group) if group.isdecimal() else _ROOT)
    with explained(_DOING), _archive(client, container, "/etc/passwd") as archive:
        entry = archive.next()
        content = archive.extractfile(entry) if entry is not None else None
        text = content.read().decode("utf-8", "replace") if content is not None else ""
    for line in text.splitlines():
        fields = line.split(":")
        if fields[0] == name and len(fields) > 3 and fields[2].isdecimal():
            return User(uid=int(fields[2]), gid=int(fields[3]) if fields[3].isdecimal() else _ROOT)
    raise CannotTell(f"Production's image runs as {name!a}, whom its /etc/passwd does not list.")
