"""A repository to load a `servegate.yml` in."""

from __future__ import annotations

from pathlib import Path

import pytest

from servegate.config.load import load
from servegate.config.schema import Config
from servegate.errors import WrongUse

CHECKS = ("version/layout", "version/not-a-copy", "version/number-increases")


WHOLE = """\
serving:
  rollout: image
  model_config: deploy/models.config
  flags: ["--enable_batching=true"]
  load_timeout: 2m
models:
  - name: sentiment
    path: ./models/sentiment/
    baseline: in-production/
    changed_when: [model.dvc, "training/**/*.py"]
    release: staged
    examples: data/sentiment.jsonl
    tolerance: {relative: 1.0e-5, absolute: 1e-6}
    preprocessing:
      training: training.features:encode
      serving: client.request:Builder.build
      python: .venv/bin/python
    sensitivity:
      ignores: {request_id: passed through for logging}
    checks:
      version/number-increases: {severity: advisory, reason: we deploy by label}
  - name: price
    path: models/price
accept:
  - {check: version/not-a-copy, model: sentiment, version: "7", reason: rolls 5 forward}
  - check: version/not-a-copy
    model: price
    version: 00000123
    reason: the same weights on purpose
ignore: [third_party/]
"""
"""Every key that is honoured."""


def make_repository(folder: Path) -> Path:
    """Everything that the configurations of the tests name."""
    for directory in ("models/sentiment/1", "models/price/1", "deploy", "data", "in-production"):
        (folder / directory).mkdir(parents=True)
    for file in ("deploy/models.config", "deploy/Dockerfile", "data/sentiment.jsonl"):
        (folder / file).touch()
    interpreter = folder / ".venv/bin/python"
    interpreter.parent.mkdir(parents=True)
    interpreter.symlink_to("/bin/sh")
    return folder


def loaded(repository: Path, text: str | bytes) -> Config:
    """The configuration that the repository then has."""
    content = text.encode() if isinstance(text, str) else text
    (repository / "servegate.yml").write_bytes(content)
    return load(None, repository, known_checks=CHECKS)


def mistakes(repository: Path, text: str | bytes) -> list[str]:
    """Its mistakes, as they are printed; at least one."""
    with pytest.raises(WrongUse) as caught:
        loaded(repository, text)
    assert caught.value.exit_code == 2
    assert caught.value.mistakes
    return [str(mistake) for mistake in caught.value.mistakes]
