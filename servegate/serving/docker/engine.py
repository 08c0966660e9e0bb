"""The connection to the Docker engine, and its troubles in plain words with their cures."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeAlias

import docker
import requests
import urllib3
from docker import utils
from docker.errors import APIError, DockerException

from servegate.errors import CannotTell

Answer: TypeAlias = Any
"""A JSON document of the engine's API."""

_SECONDS = 60
_UNIX = "unix://"
_LOCAL = f"{_UNIX}/var/run/docker.sock"
_BROKEN_OFF = (requests.RequestException, urllib3.exceptions.HTTPError)
_TROUBLES = (DockerException, *_BROKEN_OFF)
_NO_SPACE = ("no space left on device", "disk quota exceeded")


def address() -> str:
    """Where the engine is, as the docker command takes it in DOCKER_HOST."""
    return os.environ.get("DOCKER_HOST") or _LOCAL


def connect() -> docker.APIClient:
    """A client for the engine that DOCKER_HOST names, or the local one.

    The API's version is negotiated, so that old and new engines are both understood. Raises
    `CannotTell` when no engine answers.
    """
    settings = utils.kwargs_from_env()
    try:
        _knock(settings.get("base_url") or _LOCAL)
        client = docker.APIClient(version="auto", timeout=_SECONDS, **settings)
    except PermissionError as error:
        raise CannotTell(
            "The Docker engine does not let this user in.",
            remedy="Add the user to the group `docker`, or let DOCKER_HOST name another engine.",
        ) from error
    except (*_TROUBLES, OSError) as error:
        raise CannotTell(
            f"No Docker engine answers: {error}.",
            remedy="Start the Docker engine or let DOCKER_HOST name one; without Docker choose "
            "another runtime: --runtime embedded.",
        ) from error
    # Proxies of the environment are for the world outside, not for the engine.
    client.trust_env = False
    return client


def _knock(address: str) -> None:
    """Finds out why a local engine cannot be reached, which the client tells in a tangle."""
    if address.startswith(_UNIX):
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(_SECONDS)
            probe.connect(address.removeprefix(_UNIX))


@contextmanager
def explained(doing: str) -> Iterator[None]:
    """Turns whatever the engine refuses into `CannotTell`; `doing` ends "… failed while"."""
    try:
        yield
    except DockerException as error:
        raise trouble(doing, reason(error)) from error
    except _BROKEN_OFF as error:
        raise CannotTell(
            f"The Docker engine stopped answering while {doing}: {error}",
            remedy="See whether it still runs (`docker info`), and its own log.",
        ) from error


def reason(error: Exception) -> str:
    """The engine's own words, where there are any."""
    if isinstance(error, APIError) and error.explanation:
        return str(error.explanation)
    return str(error)


def trouble(doing: str, told: str) -> CannotTell:
    """What failed and why, with the cure as far as one is known."""
    if any(words in told.lower() for words in _NO_SPACE):
        return CannotTell(
            f"The Docker engine's disk is full; it failed while {doing}: {told}",
            remedy="Make room: `docker system df` shows what takes it, `docker system prune` "
            "removes what nothing uses.",
        )
    return CannotTell(f"The Docker engine failed while {doing}: {told}")


@contextmanager
def forgiving() -> Iterator[None]:
    """For cleaning up: what is gone is gone, and what cannot be removed now is swept later."""
    with suppress(*_TROUBLES):
        yield
