"""Many clients at once lose no answer and get none of somebody else's."""

from __future__ import annotations

from pathlib import Path

from benchmarks.serving.load import put_under_load
from tests.support.embedded import EmbeddedServer
from tests.support.tinymodels import write_model


def test_every_client_gets_its_own_answer(tmp_path: Path) -> None:
    write_model(tmp_path / "line" / "1", weight=0.5, bias=2.0)
    flags = ("--model_name=line", f"--model_base_path={tmp_path / 'line'}")
    with EmbeddedServer(tmp_path, *flags) as server:
        server.opened()
        load = put_under_load(
            server.rest_port,
            "/v1/models/line:predict",
            lambda number: 0.5 * number + 2.0,
            requests=2_000,
            connections=32,
        )
    assert (load.lost, load.mixed_up) == (0, 0)
