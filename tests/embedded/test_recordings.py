"""Recorded REST conversations with a TF Serving 2.20, replayed."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROJECT
from tests.support.embedded import Answer, EmbeddedServer

DIFFERENT = {
    "dtype.precision.float32": "TF Serving flushes denormal numbers to zero",
    "dtype.precision.float32_col": "TF Serving flushes denormal numbers to zero",
    "dtype.precision.float64": "TF Serving flushes denormal numbers to zero",
    "dtype.uint64.over": "RapidJSON's shortest digits are not always the nearest",
    "outputs.mixed_batch2.row": "which output is named depends on the order of a hash map",
}


@pytest.fixture(scope="module")
def conformance() -> Path:
    folder = PROJECT.parent / "shared" / "conformance"
    if not folder.is_dir():
        pytest.skip("../shared/conformance is not there")
    return folder


@pytest.fixture(scope="module")
def server(conformance: Path, folder: Path) -> Iterator[EmbeddedServer]:
    config = (conformance / "configs" / "rest_main.config").read_text()
    (folder / "models.config").write_text(config.replace("$ROOT", str(conformance)))
    flags = (
        f"--model_config_file={folder}/models.config",
        "--allow_version_labels_for_unavailable_models=true",
    )
    with EmbeddedServer(folder, *flags) as server:
        yield server.opened()


def recorded_body(exchange: dict[str, Any], part: str) -> bytes | None:
    if exchange.get(part) is not None:
        return str(exchange[part]).encode()
    packed = exchange.get(f"{part}_b64")
    return base64.b64decode(packed) if packed else None


def agrees(answer: Answer, exchange: dict[str, Any]) -> bool:
    """The same status, and the same text or, key order aside, the same document."""
    expected = recorded_body(exchange, "response_body") or b""
    if answer.status != exchange["status"]:
        return False
    if answer.body == expected:
        return True
    try:
        documents = [json.loads(one, parse_float=str) for one in (answer.body, expected)]
    except ValueError:
        return False
    one, other = (json.dumps(document, sort_keys=True) for document in documents)
    return one == other


def test_recorded_conversations(conformance: Path, server: EmbeddedServer) -> None:
    lines = (conformance / "rest.jsonl").read_text().splitlines()
    exchanges = [json.loads(line) for line in lines]
    differing, replayed = [], 0
    for exchange in exchanges:
        against_this_server = (
            "--model_config_file=$ROOT/served/models.config" in exchange["server_flags"]
        )
        if not against_this_server or "request_headers" in exchange:
            continue
        body = recorded_body(exchange, "request_body")
        replayed += 1
        if not agrees(server.ask(exchange["method"], exchange["path"], body), exchange):
            differing.append(exchange["case"])
    assert replayed > 300
    assert set(differing) <= set(DIFFERENT)
