"""TF Serving's version policies: which versions a server wants to have loaded.

Source: `FileSystemStoragePathSourceConfig.ServableVersionPolicy` and `AspireLatestVersions`,
`AspireAllVersions`, `AspireSpecificVersions` in `file_system_storage_path_source.cc`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from servegate.tfserving.versions import Version, VersionName, VersionNames


class PolicyKind(StrEnum):
    """The three members of `ServableVersionPolicy.policy_choice`."""

    LATEST = "latest"
    ALL = "all"
    SPECIFIC = "specific"


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionPolicy:
    """One policy. `count` belongs to `latest` (0 means 1), `versions` to `specific`."""

    kind: PolicyKind = PolicyKind.LATEST
    count: int = 1
    versions: tuple[Version, ...] = ()

    def __str__(self) -> str:
        if self.kind is PolicyKind.SPECIFIC:
            return f"specific {{ {' '.join(f'versions: {one}' for one in self.versions)} }}"
        if self.kind is PolicyKind.LATEST:
            return f"latest {{ num_versions: {max(1, self.count)} }}"
        return "all { }"


def aspired(policy: VersionPolicy, names: VersionNames) -> tuple[VersionName, ...]:
    """The versions that the policy wants loaded, lowest first."""
    if policy.kind is PolicyKind.ALL:
        return names.versions
    if policy.kind is PolicyKind.LATEST:
        return names.versions[-max(1, policy.count) :]
    wanted = set(policy.versions)
    return tuple(one for one in names.versions if one.version in wanted)
