from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from servegate.config.json_schema import json_schema, json_schema_text
from servegate.config.tree import read_tree
from tests.support.configuration import WHOLE, loaded, mistakes


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize(
    "text",
    [
        WHOLE,
        "{}",
        "serving: {load_timeout: 90}",
        "serving: {image: 'tensorflow/serving:2.19.1', user: 1000, memory: 4GiB}",
        "serving: {dockerfile: deploy/Dockerfile, context: deploy}",
        "serving: {built_image: 'registry:5000/app@sha256:0', memory: 4294967296}",
        "serving: {load_timeout: 1.5h}",
        "accept: [{check: version/layout, model: a, version: -1, reason: x}]",
    ],
)
def test_what_the_loader_accepts_is_valid(
    repository: Path, validator: Draft202012Validator, text: str
) -> None:
    loaded(repository, text)
    assert list(validator.iter_errors(read_tree(text.encode()).value)) == []


@pytest.mark.parametrize(
    "text",
    [
        "modles: []",
        "serving:",
        "serving: {image: -x}",
        "serving: {user: -1}",
        "serving: {memory: much}",
        "serving: {built_image: 'a b'}",
        "serving: {rollout: x}",
        "serving: {load_timeout: soon}",
        "serving: {load_timeout: 0}",
        "serving: {flags: [x]}",
        "serving: {flags: --x}",
        "models: [{name: a}]",
        "models: [{name: '', path: models/price}]",
        "models: [{name: a, path: models/price, examples: null}]",
        "models: [{name: a, path: models/price, tolerance: {relative: -1}}]",
        "models: [{name: a, path: models/price, preprocessing: {training: features.py}}]",
        "models: [{name: a, path: models/price, sensitivity: {ignores: {a: 1}}}]",
        "models: [{name: a, path: models/price, sensitivity: {ignores: {'': x}}}]",
        "models: [{name: a, path: models/price, checks: {x: {severity: advisory, reason: x}}}]",
        "models: [{name: a, path: models/price, checks: {version/layout: {severity: advisory}}}]",
        "accept: [{check: version/layout, model: a, version: 1}]",
        "accept: [{check: version/layout, model: a, version: v1, reason: x}]",
        "ignore: x",
    ],
)
def test_what_is_invalid_the_loader_refuses_too(
    repository: Path, validator: Draft202012Validator, text: str
) -> None:
    assert list(validator.iter_errors(read_tree(text.encode()).value))
    assert mistakes(repository, text)


def test_every_key_is_described() -> None:
    described = dict(_properties(json_schema()))
    assert set(described) >= {"model_config", "load_timeout", "baseline", "training", "reason"}
    assert [key for key, value in described.items() if not value.get("description")] == []


def test_the_text_is_json_and_always_the_same() -> None:
    assert json.loads(json_schema_text()) == json_schema()
    assert json_schema_text() == json_schema_text()
    assert json_schema_text().endswith("}\n")


def _properties(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for section in (schema, *schema["$defs"].values()):
        yield from section.get("properties", {}).items()
