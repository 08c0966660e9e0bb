"""The way back: the candidate is taken away, and the version before has to answer again."""

from __future__ import annotations

from servegate.facts.rehearsal import RollBack
from servegate.facts.serving import RequestRefused, ServerFailed
from servegate.rehearsing.stage import Stage, failed, is_available, told
from servegate.rehearsing.watch import States
from servegate.tfserving.versions import Version


def way_back(stage: Stage) -> RollBack:
    """Takes away what the upgrade brought, in the tree as the change leaves it.

    What the change deletes is deleted first, and what it replaces is replaced: a deployment does
    that too, and nobody notices as long as the candidate answers. Raises `ServerFailed` when the
    server dies of something that is not the model's.
    """
    script = stage.script
    for name in script.cleared:
        stage.withdraw(name)
    for delivery in script.replaced:
        stage.deliver(delivery)
    try:
        if script.restored is not None:
            stage.reconfigure(script.restored)
    except RequestRefused as refused:
        failure = f"the server refuses the configuration before the change: {refused.text}"
        return RollBack(at=stage.watch.now(), expected=script.falls_to, failure=failure)
    for delivery in script.deliveries:
        stage.withdraw(delivery.name)
        stage.watch.note(f"version {delivery.version} is taken away")
    at = stage.watch.now()
    if script.falls_to is None:
        return RollBack(at=at, expected=None)
    try:
        return _waited_for(stage, script.falls_to, at)
    except ServerFailed as died:
        if not died.deserved:
            raise
        return RollBack(at=at, expected=script.falls_to, failure=died.reason)


def _waited_for(stage: Stage, expected: Version, at: float) -> RollBack:
    def over(states: States) -> bool:
        back = is_available(states, expected) and stage.load.settled_on(expected, at)
        return bool(failed(states, expected)) or back

    in_time = stage.watch.until(over, stage.until())
    states = stage.watch.last
    if in_time and not failed(states, expected):
        return RollBack(
            at=at, expected=expected, answered=stage.watch.note(f"version {expected} answers again")
        )
    why = failed(states, expected) or f"after {stage.seconds:.3g} seconds {told(states, expected)}"
    return RollBack(at=at, expected=expected, failure=why)
