"""The CI event: what GitHub Actions says about why it runs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class CiEvent:
    """GITHUB_EVENT_NAME, the webhook's payload, and GITHUB_SHA ("" where it is not set)."""

    name: str
    payload: Mapping[str, object] = field(default_factory=dict)
    sha: str = ""

    def commit(self, *keys: str) -> str | None:
        """The commit id at a place of the payload; None for anything else, also for all zeros.

        GitHub writes zeros for "there was none", as `before` of a branch's first push.
        """
        value: object = self.payload
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        known = isinstance(value, str) and _SHA.match(value) and value.strip("0")
        return str(value) if known else None

    @property
    def head(self) -> str | None:
        """The commit that the author pushed: the one that a verdict is about.

        For a pull request GITHUB_SHA is GitHub's own merge of it with the base branch.
        """
        keys = {"merge_group": ("merge_group", "head_sha"), "push": ("after",)}
        found = self.commit(*keys.get(self.name, ("pull_request", "head", "sha")))
        return found or self.sha or None


def read_event(environment: Mapping[str, str]) -> CiEvent | None:
    """The event of this run, None outside GitHub Actions.

    A payload that cannot be read is an empty one: no base is known then, and everything is
    validated.
    """
    name = environment.get("GITHUB_EVENT_NAME")
    if not name:
        return None
    return CiEvent(
        name=name,
        payload=_payload(environment.get("GITHUB_EVENT_PATH", "")),
        sha=environment.get("GITHUB_SHA", ""),
    )


def _payload(file: str) -> Mapping[str, object]:
    try:
        payload = json.loads(Path(file).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return payload if isinstance(payload, dict) else {}
