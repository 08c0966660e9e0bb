"""What the runtimes of one run share: the connection, and production's image."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from types import TracebackType
from typing import Self

import docker

from servegate.deadline import Deadline
from servegate.serving.docker.container import Confinement
from servegate.serving.docker.engine import Answer, connect, explained
from servegate.serving.docker.images import pulled_image, repository_digest, repository_digests
from servegate.serving.docker.labels import sweep
from servegate.serving.docker.project_image import project_image
from servegate.serving.docker.settings import DockerSettings

NOBODY = "65534:65534"
_ROOT = frozenset({"", "0", "root", "0:0", "root:root"})
_SHARE = 0.75
"""The part of the engine's memory that a server may use where production sets no limit."""


class DockerHost:
    """The engine as one run uses it; safe for several threads. Leaving its context ends its use.

    Nothing happens before the first server is wanted: a candidate that fails by its files alone
    needs no engine. Then what dead runs have left is swept, once.
    """

    def __init__(self, settings: DockerSettings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._stack = ExitStack()
        self._client: docker.APIClient | None = None
        self._base: Answer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def client(self) -> docker.APIClient:
        """The connection. Raises `CannotTell` when no engine answers."""
        with self._lock:
            if self._client is None:
                client = connect()
                self._stack.callback(client.close)
                with explained("removing what earlier runs have left"):
                    sweep(client)
                self._client = client
            return self._client

    def base(self, deadline: Deadline) -> Answer:
        """What the engine knows of production's image: pulled, or built, once in a run."""
        client = self.client()
        with self._lock:
            if self._base is None:
                self._base = self._obtained(client, deadline)
            return self._base

    def _obtained(self, client: docker.APIClient, deadline: Deadline) -> Answer:
        if self.settings.dockerfile is not None:
            return self._stack.enter_context(project_image(client, self.settings, deadline))
        return pulled_image(client, self._named(), deadline)

    def _named(self) -> str:
        return self.settings.built_image or self.settings.image

    @property
    def serving_image(self) -> str | None:
        """Production's image by digest where a registry knows it; None before it was needed."""
        if self._base is None:
            return None
        if self.settings.dockerfile is not None:
            return str(self._base["Id"])
        return repository_digest(self._base, self._named()) or self._named()

    @property
    def pushed_image(self) -> str | None:
        """What a registry calls the image that an earlier step has built, None if none knows it."""
        if self._base is None or not self.settings.built_image:
            return None
        own = repository_digest(self._base, self.settings.built_image)
        return own or next(iter(repository_digests(self._base)), None)

    def confinement(self, deadline: Deadline) -> Confinement:
        """Production's user and limit, or a user without rights and what the engine can spare."""
        memory = self.settings.memory
        if memory is None:
            with explained("asking the engine for its memory"):
                spare = int(self.client().info()["MemTotal"] * _SHARE)
        else:
            spare = memory
        return Confinement(
            user=self._user(deadline), memory=spare, by_production=memory is not None
        )

    def _user(self, deadline: Deadline) -> str:
        if self.settings.user is not None:
            return str(self.settings.user)
        named = image_user(self.base(deadline))
        return NOBODY if named in _ROOT else named


def image_user(image: Answer) -> str:
    """The user that an image says to run as; empty is root."""
    return str((image.get("Config") or {}).get("User") or "")
