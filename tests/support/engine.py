"""The Docker engine of this machine, for tests; they skip with the reason where there is none."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import docker
import numpy as np
import pytest

from servegate.errors import CannotTell
from servegate.serving.docker.engine import connect
from servegate.serving.docker.labels import OWNER
from tests.support.standin.make import CannotMake, standin
from tests.support.tinymodels import Graph, Signature, write_saved_model

_IMPORT_SECONDS = 600


@contextmanager
def engine() -> Iterator[docker.APIClient]:
    """A client of the engine, closed at the end."""
    reason = without_engine()
    if reason:
        pytest.skip(reason)
    client = connect()
    try:
        yield client
    finally:
        client.close()


@cache
def without_engine() -> str:
    """Why the tests with an engine cannot run here; empty where they can."""
    try:
        connect().close()
    except CannotTell as error:
        return str(error)
    return ""


@cache
def standin_image() -> str:
    """The tag of the stand-in for TF Serving's image."""
    with engine() as client:
        client.timeout = _IMPORT_SECONDS
        try:
            return standin(client)
        except CannotMake as error:
            pytest.skip(f"no stand-in for TF Serving's image: {error}")


def objects_of(client: docker.APIClient, pid: int) -> list[str]:
    """What a process has left in the engine, by what it is."""
    ours = {"label": OWNER}
    found = {
        "container": client.containers(all=True, filters=ours),
        "network": client.networks(filters=ours),
        "volume": client.volumes(filters=ours)["Volumes"] or [],
        "image": client.images(filters=ours),
    }
    return [
        f"{kind} {one.get('Id') or one.get('Name')}"
        for kind, several in found.items()
        for one in several
        # Whatever else bears the label, an image made by hand for one, names no process there.
        if one["Labels"][OWNER].split("/")[2:3] == [str(pid)]
    ]


def large_model(directory: Path) -> Path:
    """A version that takes some 200 MB of memory to load, far more than 64 MiB."""
    graph = Graph()
    given = graph.placeholder("given")
    large = graph.const("large", np.ones((1, 16 * 2**20), "f4"))
    answer = graph.multiply(given, large, name="answer")
    described = Signature(inputs={"x": given}, outputs={"y": answer})
    return write_saved_model(directory, graph, [described])


@contextmanager
def derived(client: docker.APIClient, image: str, instruction: str) -> Iterator[str]:
    """Another image on top of one, by its tag; removed at the end."""
    tag = f"servegate-test:{uuid.uuid4().hex}"
    dockerfile = io.BytesIO(f"FROM {image}\n{instruction}\n".encode())
    for event in client.build(fileobj=dockerfile, tag=tag, rm=True, decode=True):
        assert "error" not in event, event
    try:
        yield tag
    finally:
        client.remove_image(tag, force=True)


def tiny_image(client: docker.APIClient, folder: Path, dockerfile: str, tag: str) -> None:
    """Builds an image from a directory, as a step before the gate would."""
    (folder / "Dockerfile").write_text(dockerfile)
    for event in client.build(path=str(folder), tag=tag, rm=True, decode=True, nocache=True):
        assert "error" not in event, event
