"""Names and labels of everything that the gate makes in an engine, and the sweeping by them."""

from __future__ import annotations

import re
import time
import uuid
from pathlib import Path

import docker

from servegate.isolation.owner import Owner
from servegate.serving.docker.engine import forgiving

OWNER = "servegate.owner"
"""The label that says whose an object is: `<boot>/<pid namespace>/<pid>/<start time>/<made at>`."""

BUILD = "servegate.build"
"""The label that says which build an image, finished or not, comes from."""

OLD_SECONDS = 2 * 24 * 3600
"""No run takes two days: what is older belongs to nobody, on whatever machine it was made."""

_FIRST_STEP = "ARG SERVEGATE_"
_STEP_SECONDS = 10

_OWNER = re.compile(r"([0-9a-f-]*)/(\d+)/(\d+)/(\d+)/(\d+)\Z")


def new_name(topic: str) -> str:
    """A name that nothing else in the engine has."""
    return f"servegate-{topic}-{uuid.uuid4().hex[:12]}"


def own_labels() -> dict[str, str]:
    """The labels for something that this process makes now."""
    owner = Owner.this_process()
    identity = (_boot(), owner.namespace, owner.pid, owner.started, int(time.time()))
    return {OWNER: "/".join(map(str, identity))}


def sweep(client: docker.APIClient) -> None:
    """Removes what runs that are no more have left; what cannot be removed is left for later."""
    ours = {"label": OWNER}
    for one in client.containers(all=True, filters=ours):
        if _is_abandoned(one["Labels"]):
            with forgiving():
                client.remove_container(one["Id"], v=True, force=True)
    for one in client.networks(filters=ours):
        if _is_abandoned(one["Labels"]):
            with forgiving():
                client.remove_network(one["Id"])
    for one in client.volumes(filters=ours)["Volumes"] or ():
        if _is_abandoned(one["Labels"]):
            with forgiving():
                client.remove_volume(one["Name"], force=True)
    for one in client.images(filters=ours):
        if _is_abandoned(one["Labels"]):
            with forgiving():
                client.remove_image(one["Id"], force=True)
    _sweep_first_steps(client)


def _sweep_first_steps(client: docker.APIClient) -> None:
    """Removes what a build leaves that was killed before its label was set: empty images.

    The Dockerfile's arguments tell them. Nothing says whose they are, so they have to be older than
    a build that still runs could leave them: it takes milliseconds from one step to the next.
    """
    for one in client.images(filters={"dangling": True}):
        if one["Labels"] or time.time() - one["Created"] < _STEP_SECONDS:
            continue
        with forgiving():
            steps = client.history(one["Id"])  # type: ignore[no-untyped-call]
            if _FIRST_STEP in str(steps[0]["CreatedBy"]):
                client.remove_image(one["Id"])


def _is_abandoned(labels: dict[str, str] | None) -> bool:
    match = _OWNER.match((labels or {}).get(OWNER, ""))
    if match is None:
        return False
    namespace, pid, started, made = map(int, match.groups()[1:])
    if time.time() - made > OLD_SECONDS:
        return True
    # Process ids of another machine, or of this one before it was started again, mean nothing here.
    owner = Owner(namespace=namespace, pid=pid, started=started)
    return match.group(1) == _boot() and owner.is_gone


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""
