"""Real models reach the state that a real TF Serving brought them to."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.embedded import EmbeddedServer, model_config


def test_real_models_reach_the_state_that_tf_serving_names(
    shared_models: Path, tmp_path: Path
) -> None:
    index = json.loads((shared_models / "index.json").read_text())
    expected = {
        (one["name"], str(int(one["version"]))): one["tf_serving_2_20"]["state"] for one in index
    }
    config = model_config(
        tmp_path,
        *(
            f'name: "{name}" base_path: "{shared_models / name}" '
            "model_version_policy { all {} }"
            for name in sorted({one["name"] for one in index})
        ),
    )
    with EmbeddedServer(tmp_path, config, "--max_num_load_retries=0") as server:
        server.opened()
        for name in {name for name, _ in expected}:
            server.reaches(name, {v: state for (n, v), state in expected.items() if n == name})
