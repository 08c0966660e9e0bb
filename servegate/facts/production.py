"""What production would do with a tree: its configuration, simulated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from servegate.findings import Location
from servegate.tfserving.policy import VersionPolicy
from servegate.tfserving.versions import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductionModel:
    """One model as production is configured to serve it.

    `base_path` is the path inside the production container. `location` is the entry in
    `models.config`, `policy_location` the line that sets the policy; both None without a config.
    `labels` maps a label to the version it names.
    """

    name: str
    base_path: str
    policy: VersionPolicy
    labels: Mapping[str, Version] = field(default_factory=dict)
    location: Location | None = None
    policy_location: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One model in production at one commit.

    `model` is None when a production config exists and does not name the model. `aspired` are the
    versions that the policy wants loaded from the tree of that commit, lowest first; `present`
    are all that the tree holds.
    """

    model: ProductionModel | None
    aspired: tuple[Version, ...]
    present: tuple[Version, ...] = ()

    def unversioned(self) -> Version | None:
        """The version that answers requests which name none: the highest aspired one."""
        return self.aspired[-1] if self.aspired else None

    def pins(self, version: Version) -> bool:
        """Whether the policy asks for this version by number."""
        policy = self.model.policy if self.model else None
        return policy is not None and version in policy.versions


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigReading:
    """Whether production's `models.config` can be used; `error` is in TF Serving's words."""

    error: str = ""
    location: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Production:
    """Production before (`base`) and after (`head`) the change; `base` is None without a base.

    `config_file` is the repository's `models.config` (None where there is none), `neighbours` are
    the other models in it, `flags` production's flags.
    """

    base: Situation | None
    head: Situation
    config_file: str | None = None
    neighbours: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
