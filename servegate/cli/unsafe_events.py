"""Events on which a stranger's models would run beside the repository's secrets."""

from __future__ import annotations

from collections.abc import Collection

from servegate.changes.event import CiEvent
from servegate.errors import Mistake, WrongUse

UNSAFE_EVENTS = ("pull_request_target", "workflow_run")
"""They run with the base repository's secrets and write token, also for a fork's pull request.

A model is a program (TensorFlow's SECURITY.md), so to serve a fork's model there is to run a
stranger's program with them.
"""


def refuse_unsafe(event: CiEvent | None, allowed: Collection[str]) -> None:
    """Raises `WrongUse` on such an event, unless it is allowed by its name."""
    if event is None or event.name not in UNSAFE_EVENTS or event.name in allowed:
        return
    raise WrongUse(
        [
            Mistake(
                message=f"the event {event.name} gives a fork's pull request the secrets and the "
                "write token of this repository, and a model is a program: it would run with "
                "them. Trigger the workflow by `pull_request` instead; it needs neither. If the "
                "job checks out trusted code alone, allow the event by its name: "
                f"`allow-unsafe-events: {event.name}` (--allow-unsafe-event {event.name})"
            )
        ]
    )
