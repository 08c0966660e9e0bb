"""Pull requests as scenes: a repository with a base and a head, and the gate's word on it.

    scene = Scene(tmp_path)
    scene.released("1")                     # the base commit
    scene.model("2")                        # what is written from now on is the pull request
    report = gate(scene, only=["version/number-increases"])

The model is called `prices`, its base path is `models/prices`. A scene has a real git repository;
the gate runs in the test's own process, with the evidence that the named checks need.

A mutant is a function that builds a scene with a fault and returns what the finding has to name; a
twin builds the most similar scene without one. They are found by name: see `tests/mutants`.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import TypeVar

import pytest
import yaml

import servegate.evidence
from servegate.checks import Check
from servegate.cli.registry import SEEDS, all_checks, known_checks
from servegate.engine.registry import find_providers, registry
from servegate.findings import CheckResult, Finding, Report
from servegate.pipeline.gate import Run
from servegate.pipeline.options import Options, RuntimeName
from servegate.progress import Silent
from tests.support.engine import without_engine
from tests.support.repos import Repo
from tests.support.tinymodels import Graph, Tensor, write_model

NAME = "prices"
BASE_PATH = f"models/{NAME}"

_Builder = TypeVar("_Builder", bound=Callable[..., object])


def advisory(mutant: _Builder) -> _Builder:
    """Marks a mutant which the check's docstring says is only worth a word."""
    mutant.__dict__["advisory"] = True
    return mutant


def is_advisory(mutant: Callable[..., object]) -> bool:
    """Whether a mutant bears that mark."""
    return bool(mutant.__dict__.get("advisory"))


def column(graph: Graph, op: str, name: str, *inputs: Tensor) -> Tensor:
    """A node that makes one float32 number a row, as most nodes of the scenes' models do."""
    return graph.op(op, name, inputs, dtype="float32", shape=(None, 1), T="float32")


class Scene:
    """A repository whose base commit is what was written before `branch_off`."""

    def __init__(self, folder: Path) -> None:
        self.repo = Repo(folder / "repository")
        self.base = ""
        self.runtime = RuntimeName.EMBEDDED

    def needs_docker(self) -> None:
        """Has the gate use a Docker engine; skips the test where none answers."""
        if reason := without_engine():
            pytest.skip(reason)
        self.runtime = RuntimeName.DOCKER

    def version(self, name: str) -> Path:
        """The absolute path of a version directory, which need not exist."""
        return self.repo.file(f"{BASE_PATH}/{name}")

    def model(self, name: str, *, weight: float = 7.0) -> Path:
        """Writes a healthy model, `y = weight * x + 1`; returns its version directory."""
        return write_model(self.version(name), weight=weight)

    def released(self, *names: str) -> None:
        """Gives production healthy versions that all differ, and branches off."""
        for number, name in enumerate(names):
            self.model(name, weight=2.0 + number)
        self.branch_off()

    def write(self, file: str, content: str | bytes) -> None:
        """Writes a file; its path is relative to the repository."""
        self.repo.write(file, content)

    def configure(self, **sections: object) -> None:
        """Writes `servegate.yml`: what is given here, and the model unless `models` is given."""
        document = {"models": [{"name": NAME, "path": BASE_PATH}], **sections}
        self.write("servegate.yml", yaml.safe_dump(document, sort_keys=False))

    def declare(self, **sensitivity: object) -> None:
        """Writes `servegate.yml` with what is said of the model under `sensitivity`."""
        described = {"name": NAME, "path": BASE_PATH, "sensitivity": sensitivity}
        self.configure(models=[described])

    def production(
        self,
        policy: str = "",
        *,
        base_path: str = f"/models/{NAME}",
        models: Iterable[object] = ({"name": NAME, "path": BASE_PATH},),
        **serving: object,
    ) -> None:
        """Gives production a `models.config`: the version policy stands in line 5."""
        lines = [
            "model_config_list {",
            "  config {",
            f'    name: "{NAME}" base_path: "{base_path}"',
            '    model_platform: "tensorflow"',
            *([f"    model_version_policy {{ {policy} }}"] if policy else []),
            "  }",
            "}",
        ]
        self.write("deploy/models.config", "\n".join(lines) + "\n")
        self.configure(
            models=list(models), serving={"model_config": "deploy/models.config", **serving}
        )

    def examples(self, rows: Iterable[object], **model: object) -> None:
        """Writes examples, and the configuration that names them (`model` goes there too)."""
        self.write("data/examples.jsonl", "".join(f"{json.dumps(row)}\n" for row in rows))
        described = {"name": NAME, "path": BASE_PATH, "examples": "data/examples.jsonl", **model}
        self.configure(models=[described])

    def fetched(self, name: str, **serving: object) -> Path:
        """A healthy version of a model that is not in git: an earlier step downloads it."""
        self.write(".gitignore", f"{BASE_PATH}/\n")
        self.configure(serving=serving)
        self.branch_off()
        return self.model(name)

    def branch_off(self) -> None:
        """Commits the base; what is written from now on is the pull request."""
        self.base = self.repo.commit("What production has")
        self.repo.branch("feature")


def gate(
    scene: Scene, only: Collection[str] | None = None, listeners: Iterable[Check] = ()
) -> Report:
    """Commits the head and validates the pull request, with all checks or `only` some.

    `listeners` are run beside them, to hear the evidence that a test wants to see.
    """
    scene.repo.commit("The change")
    chosen = [one for one in all_checks() if only is None or one.id in only]
    assert only is None or len(chosen) == len(only)
    run = Run(
        options=Options(repository=scene.repo.path, base=scene.base, runtime=scene.runtime),
        event=None,
        checks=known_checks(),
        registry=lambda: registry([*chosen, *listeners], find_providers(servegate.evidence), SEEDS),
        progress=Silent(),
        cancelled=threading.Event(),
    )
    return run.report()


def results(report: Report, check: str) -> tuple[CheckResult, ...]:
    """One check's results on all candidates."""
    return tuple(result for model in report.models for result in model.checks if result.id == check)


def text_of(finding: Finding) -> str:
    """All that a finding says, and where."""
    said = (finding.message, finding.expected, finding.observed, finding.remedy, finding.location)
    return "\n".join(str(one) for one in said)
