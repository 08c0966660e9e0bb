"""A team's repository with a model `m`, its `servegate.yml`, its examples, and its verdict."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.gaterun import GateRun
from tests.support.repos import Repo

MODEL = "models/m"
EXAMPLES = "data/examples.jsonl"
ROLLOUTS = ("volume", pytest.param("image", marks=pytest.mark.long))
"""Under `volume` an upgrade is rehearsed too; the rows under `image` are among the long tests."""


def configure(
    repo: Repo,
    rollout: str = "volume",
    *,
    model: Mapping[str, object] | None = None,
    others: Iterable[Mapping[str, object]] = (),
    serving: Mapping[str, object] | None = None,
    **top: object,
) -> Repo:
    """Writes `servegate.yml` with the model `m`, further keys for it, and further models."""
    own = {"name": "m", "path": MODEL, **(model or {})}
    document: dict[str, object] = {
        "serving": {"rollout": rollout, **(serving or {})},
        "models": [own, *others],
        **top,
    }
    return repo.write("servegate.yml", yaml.safe_dump(document, sort_keys=False))


def record(repo: Repo, examples: Iterable[Mapping[str, Any]], path: str = EXAMPLES) -> Repo:
    """Writes examples, one a line."""
    return repo.write(path, "".join(json.dumps(example) + "\n" for example in examples))


def version(repo: Repo, name: str) -> Path:
    """The directory of a version of `m`."""
    return repo.file(f"{MODEL}/{name}")


def advisories(run: GateRun) -> dict[str, set[str]]:
    """The models with advisory findings, and the checks that have them."""
    found = {
        model["name"]: {one["id"] for one in model["checks"] if one["status"] == "failed"}
        for model in run.report["models"]
    }
    return {name: checks for name, checks in found.items() if checks}


def assert_passes(run: GateRun, **advisory: set[str]) -> None:
    """Accepted, with these advisory findings by model and no other, and really served."""
    assert run.exit_code == 0, run.output
    assert run.report["verdict"] == "accepted"
    assert advisories(run) == advisory, run.output
    for name in run.models():
        assert not run.statuses(name, "errored")
        assert run.check(name, "version/loads")["status"] == "passed", run.output
    assert run.junit.find(".//failure") is None
    assert run.junit.find(".//error") is None
