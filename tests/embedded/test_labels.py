"""What is simulated of labels is what a server does that is told a new configuration."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import grpc
import pytest

from servegate.savedmodel.protos import TensorProto  # noqa: F401 - first: as in the gate
from servegate.tfserving.label_rules import FLAG, refused
from servegate.tfserving.versions import Version
from tests.support.embedded import QUICK, EmbeddedServer, model_config
from tests.support.processes import eventually
from tests.support.tinymodels import write_model

# isort: split
from tensorflow_serving.apis.get_model_metadata_pb2 import GetModelMetadataRequest
from tensorflow_serving.apis.model_management_pb2 import ReloadConfigRequest
from tensorflow_serving.apis.model_service_pb2_grpc import ModelServiceStub
from tensorflow_serving.apis.prediction_service_pb2_grpc import PredictionServiceStub

ALLOWED = f"--{FLAG}=true"


def _labels(**labels: int) -> dict[str, Version]:
    return {name: Version(one) for name, one in labels.items()}


def _config(base: Path, versions: tuple[int, ...], labels: Mapping[str, int]) -> str:
    specific = " ".join(f"versions: {one}" for one in versions)
    marks = " ".join(f'version_labels {{ key: "{k}" value: {v} }}' for k, v in labels.items())
    policy = f"model_version_policy {{ specific {{ {specific} }} }}"
    return f'name: "m" base_path: "{base}" {policy} {marks}'


def _reload(
    server: EmbeddedServer, base: Path, versions: tuple[int, ...], labels: Mapping[str, Version]
) -> bool:
    """Whether the server took the configuration."""
    request = ReloadConfigRequest()
    entry = request.config.model_config_list.config.add(
        name="m", base_path=str(base), model_platform="tensorflow"
    )
    entry.model_version_policy.specific.versions.extend(versions)
    for label, version in labels.items():
        entry.version_labels[label] = version
    try:
        ModelServiceStub(server.channel).HandleReloadConfigRequest(request, timeout=60)
    except grpc.RpcError as error:
        said = str(error)
    else:
        return True
    assert "Request to assign label to version" in said
    return False


def _labelled(server: EmbeddedServer, label: str) -> int:
    request = GetModelMetadataRequest(metadata_field=["signature_def"])
    request.model_spec.name, request.model_spec.version_label = "m", label
    answer = PredictionServiceStub(server.channel).GetModelMetadata(request, timeout=30)
    return int(answer.model_spec.version.value)


@pytest.mark.parametrize("flags", [(), (ALLOWED,)])
@pytest.mark.parametrize(
    "wanted",
    [
        _labels(stable=1),
        _labels(stable=2),
        _labels(stable=1, canary=2),
        _labels(stable=1, canary=9),
        _labels(canary=1),
    ],
    ids=str,
)
def test_a_reload_is_taken_or_refused_as_simulated(
    tmp_path: Path, wanted: dict[str, Version], flags: tuple[str, ...]
) -> None:
    base = tmp_path / "models"
    write_model(base / "1", weight=1, bias=0)
    write_model(base / "2", weight=2, bias=0)
    start = model_config(tmp_path, _config(base, (1,), {}))
    with EmbeddedServer(tmp_path / "server", start, *QUICK, *flags) as server:
        server.opened()
        known = _labels(stable=1)
        assert _reload(server, base, (1,), known)
        simulated = tuple(refused(known, wanted, {Version(1)}, for_unavailable=bool(flags)))
        assert _reload(server, base, (1, 2), wanted) is not bool(simulated)
        # What is refused loads nothing either, however long one waits.
        if simulated:
            assert not eventually(lambda: "2" in server.states("m"), 2)
            assert _labelled(server, "stable") == 1
        else:
            server.reaches("m", {"1": "AVAILABLE", "2": "AVAILABLE"})


def test_two_steps_move_a_label(tmp_path: Path) -> None:
    base = tmp_path / "models"
    write_model(base / "1", weight=1, bias=0)
    write_model(base / "2", weight=2, bias=0)
    start = model_config(tmp_path, _config(base, (1,), {}))
    with EmbeddedServer(tmp_path / "server", start, *QUICK) as server:
        server.opened()
        assert _reload(server, base, (1,), _labels(stable=1))
        assert not _reload(server, base, (1, 2), _labels(stable=2))
        assert _reload(server, base, (1, 2), _labels(stable=1))
        server.reaches("m", {"1": "AVAILABLE", "2": "AVAILABLE"})
        assert _reload(server, base, (1, 2), _labels(stable=2))
        assert _labelled(server, "stable") == 2


def test_a_label_at_the_start_is_fatal_without_the_flag(tmp_path: Path) -> None:
    base = tmp_path / "models"
    write_model(base / "1", weight=1, bias=0)
    start = model_config(tmp_path, _config(base, (1,), {"stable": 1}))
    assert tuple(refused({}, _labels(stable=1), (), for_unavailable=False)) == ("stable",)
    with EmbeddedServer(tmp_path / "refused", start, *QUICK) as server:
        assert server.ended() == 255
        assert "Request to assign label to version 1 of model m" in server.log
    assert not tuple(refused({}, _labels(stable=1), (), for_unavailable=True))
    with EmbeddedServer(tmp_path / "taken", start, *QUICK, ALLOWED) as server:
        server.opened()
        assert _labelled(server, "stable") == 1
