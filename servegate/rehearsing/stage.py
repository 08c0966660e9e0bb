"""What the parts of a performance share."""

from __future__ import annotations

from dataclasses import dataclass

from servegate.deadline import Deadline
from servegate.facts.serving import Deployment, ServedModel
from servegate.rehearsing.load import Load
from servegate.rehearsing.script import Delivery, Script
from servegate.rehearsing.watch import States, Watch
from servegate.tfserving.versions import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A server under load that is watched; `seconds` is how long a version may take to load."""

    script: Script
    deployment: Deployment
    watch: Watch
    load: Load
    seconds: float
    deadline: Deadline

    def until(self) -> Deadline:
        """When a version that is to be loaded from now on has to be there."""
        return self.deadline.within(self.seconds)

    def deliver(self, delivery: Delivery) -> None:
        """Brings a version directory."""
        name = self.script.model.name
        self.deployment.deliver(name, delivery.directory, delivery.name, self.deadline)

    def withdraw(self, name: str) -> None:
        """Takes a version directory away."""
        self.deployment.withdraw(self.script.model.name, name, self.deadline)

    def reconfigure(self, model: ServedModel) -> float:
        """Reloads the configuration, and returns the moment. Raises `RequestRefused`."""
        others = self.script.launch.models[1:]
        self.deployment.reconfigure((model, *others), self.deadline)
        return self.watch.note("the configuration is reloaded")


def failed(states: States, version: Version) -> str:
    """The error with which a version has ended; empty as long as it has not."""
    found = states.get(version)
    return found.error if found is not None and found.state == "END" else ""


def is_available(states: States, version: Version) -> bool:
    """Whether a version is loaded."""
    found = states.get(version)
    return found is not None and found.state == "AVAILABLE"


def told(states: States, version: Version) -> str:
    """Where a version that did not come has got to."""
    found = states.get(version)
    return f"it is {found.state}" if found is not None else "the server has not noticed it"
