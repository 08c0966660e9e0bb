"""Images: production's, pulled if it is not there, and the candidate's, built on top of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import docker
from docker.errors import APIError, ImageNotFound
from docker.utils import parse_repository_tag

from servegate.deadline import Deadline
from servegate.errors import CannotTell
from servegate.serving.docker.context import Entry, packed
from servegate.serving.docker.engine import Answer, explained, forgiving, reason, trouble
from servegate.serving.docker.labels import BUILD, OWNER, new_name, own_labels

DOCKERFILE = Path(__file__).resolve().parents[3] / "Dockerfile"
TREE = "tree"
"""The directory of the build context whose content becomes that of the image's root."""

_BETWEEN_PULLS = 2.0
_LOOKS = 10
_BETWEEN_LOOKS = 0.2
# The engine says nothing while it writes a layer, however large.
_BUILD_SECONDS = 1800


def known_image(client: docker.APIClient, reference: str) -> Answer | None:
    """What the engine knows of an image, None if it does not have it."""
    with explained(f"looking for the image {reference}"):
        try:
            return client.inspect_image(reference)  # type: ignore[no-untyped-call]
        except ImageNotFound:
            return None


def pulled_image(client: docker.APIClient, reference: str, deadline: Deadline) -> Answer:
    """What the engine knows of an image after pulling it, where that is needed.

    A failed pull is tried once more. Raises `CannotTell`.
    """
    found = known_image(client, reference)
    if found is None:
        try:
            _pull(client, reference, deadline)
        except CannotTell:
            deadline.sleep(_BETWEEN_PULLS)
            _pull(client, reference, deadline)
        found = known_image(client, reference)
    if found is None:
        raise _not_pulled(reference, "the engine does not have it after the pull")
    return found


def _pull(client: docker.APIClient, reference: str, deadline: Deadline) -> None:
    repository, tag = parse_repository_tag(reference)
    with explained(f"pulling {reference}"):
        try:
            # Without a tag the engine would pull all there are.
            events = client.pull(repository, tag=tag or "latest", stream=True, decode=True)
            told = _error_among(events, deadline)
        except APIError as error:
            told = reason(error)
    if told:
        raise _not_pulled(reference, told)


def _not_pulled(reference: str, told: str) -> CannotTell:
    if any(words in told for words in ("no space left", "quota exceeded")):
        return trouble(f"pulling {reference}", told)
    return CannotTell(
        f"The serving image {reference} could not be pulled: {told}",
        remedy="See whether `serving.image` names it rightly and `docker pull` gets it here "
        "(`docker login` for a private registry), or pull it in an earlier step.",
    )


def repository_digest(image: Answer, reference: str) -> str | None:
    """The name with the digest under which the registry of a reference knows the image.

    The engine learns it when it pulls or pushes the image. None where it has done neither.
    """
    repository = parse_repository_tag(reference)[0].removeprefix("docker.io/")
    own = f"{repository.removeprefix('library/')}@"  # the engine leaves out what Docker Hub implies
    return next((one for one in repository_digests(image) if one.startswith(own)), None)


def repository_digests(image: Answer) -> tuple[str, ...]:
    """All names with digests under which registries know the image."""
    return tuple(image.get("RepoDigests") or ())


@contextmanager
def candidate_image(
    client: docker.APIClient,
    entries: Iterable[Entry],
    *,
    base: str,
    labels: Mapping[str, str],
    deadline: Deadline,
) -> Iterator[Answer]:
    """Builds the candidate's image from what is to lie in its root; removes it at the end."""
    name = new_name("image")
    with built_image(
        client,
        name,
        chain((Entry(name="Dockerfile", content=DOCKERFILE), Entry(name=TREE)), entries),
        deadline,
        doing="building the candidate's image",
        build={
            "buildargs": {
                "SERVING_IMAGE": base,
                "SERVEGATE_OWNER": own_labels()[OWNER],
                "SERVEGATE_BUILD": name,
            },
            "labels": dict(labels),
            "nocache": True,
            "network_mode": "none",
        },
    ) as image:
        yield image


@contextmanager
def built_image(
    client: docker.APIClient,
    name: str,
    entries: Iterable[Entry],
    deadline: Deadline,
    *,
    doing: str,
    build: Mapping[str, Any],
) -> Iterator[Answer]:
    """Builds an image from a context that is streamed; removes it at the end.

    `build` holds further arguments of the client's `build`.
    """

    def stream() -> None:
        events = client.build(
            fileobj=_guarded(packed(entries), deadline),  # type: ignore[arg-type]
            custom_context=True,
            tag=name,
            rm=True,
            forcerm=True,
            decode=True,
            timeout=_BUILD_SECONDS,
            **build,
        )
        if told := _error_among(events, deadline):
            raise trouble(doing, told)

    with temporary_image(client, name, stream, doing=doing) as image:
        yield image


@contextmanager
def temporary_image(
    client: docker.APIClient, name: str, make: Callable[[], None], *, doing: str
) -> Iterator[Answer]:
    """What `make` builds under a name, with the label `BUILD` of that name; removed at the end."""
    finished = False
    try:
        with explained(doing):
            make()
            image = client.inspect_image(name)  # type: ignore[no-untyped-call]
            finished = True
        yield image
    finally:
        with forgiving():
            client.remove_image(name, force=True)
        if not finished:
            _remove_unfinished(client, name)


def _error_among(events: Iterable[Answer], deadline: Deadline) -> str:
    """Follows what the engine does to its end; the error that it tells of, if any."""
    told = ""
    for event in events:
        deadline.check()
        told = told or str(event.get("error", "")).strip()
    return told


def _remove_unfinished(client: docker.APIClient, build: str) -> None:
    """What a build that was broken off has made so far; the engine may still be at a step."""
    for _ in range(_LOOKS):
        time.sleep(_BETWEEN_LOOKS)
        with forgiving():
            for one in client.images(filters={"label": f"{BUILD}={build}"}):
                client.remove_image(one["Id"], force=True)


def _guarded(chunks: Iterator[bytes], deadline: Deadline) -> Iterator[bytes]:
    for chunk in chunks:
        deadline.check()
        yield chunk
