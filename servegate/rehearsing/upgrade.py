"""The upgrade itself: what a deployment does, and how the server takes it."""

from __future__ import annotations

from dataclasses import dataclass

from servegate.facts.serving import RequestRefused, ServerFailed
from servegate.rehearsing.stage import Stage, failed, is_available, told
from servegate.rehearsing.watch import States

_BEFORE_SECONDS = 0.25  # of load, so that there is something to compare with


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """When the candidate was brought and when it had taken over, or why it did not."""

    delivered: float
    switched: float | None = None
    failure: str = ""
    killed: bool = False


def upgrade(stage: Stage) -> Upgrade:
    """Brings the candidate and waits until nothing of the base version's reign is left.

    Raises `ServerFailed` when the server dies of something that is not the model's.
    """
    script = stage.script
    stage.deadline.sleep(_BEFORE_SECONDS)
    for delivery in script.deliveries:
        stage.deliver(delivery)
        stage.watch.note(f"version {delivery.version} is delivered")
    for name in script.withdrawn:
        stage.withdraw(name)
        stage.watch.note(f"{name} is deleted")
    delivered = stage.watch.now()
    try:
        failure = _configured(stage) or _taken_over(stage, delivered)
    except RequestRefused as refused:
        failure = f"the server refuses the new configuration: {refused.text}"
    except ServerFailed as died:
        if not died.deserved:
            raise
        return Upgrade(delivered=delivered, failure=died.reason, killed=True)
    if failure:
        return Upgrade(delivered=delivered, failure=failure)
    return Upgrade(
        delivered=delivered, switched=stage.watch.note(f"version {script.candidate} has taken over")
    )


def _configured(stage: Stage) -> str:
    """Why the candidate could not be loaded under the new configuration; empty if it could."""
    script = stage.script
    if script.configured is not None:
        stage.reconfigure(script.configured)
    if script.labelled is None:
        return ""

    def loaded(states: States) -> bool:
        over = failed(states, script.candidate)
        return bool(over) or is_available(states, script.candidate)

    in_time = stage.watch.until(loaded, stage.until())
    if failure := _failure(stage, in_time=in_time):
        return failure
    stage.reconfigure(script.labelled)
    return ""


def _taken_over(stage: Stage, delivered: float) -> str:
    """Why the candidate did not take over; empty if it did."""
    script = stage.script

    def over(states: States) -> bool:
        if failed(states, script.candidate):
            return True
        settled = not script.answers or stage.load.settled_on(script.candidate, delivered)
        unloaded = all(one not in states or states[one].state == "END" for one in script.leaving)
        return is_available(states, script.candidate) and settled and unloaded

    return _failure(stage, in_time=stage.watch.until(over, stage.until()))


def _failure(stage: Stage, *, in_time: bool) -> str:
    states, candidate = stage.watch.last, stage.script.candidate
    if failure := failed(states, candidate):
        return failure
    if in_time:
        return ""
    seconds = f"{stage.seconds:.3g} seconds"
    if not is_available(states, candidate):
        return f"after {seconds} {told(states, candidate)}"
    return f"after {seconds} requests are still answered by another version"
