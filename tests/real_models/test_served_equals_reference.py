"""Healthy models answer alike in the server and without it, whoever made them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from servegate.checks import Outcome, check
from servegate.facts.reference import Confrontation, Reference
from servegate.facts.serving import Array
from servegate.findings import CheckResult, Status
from tests.support.gaterun import PROJECT
from tests.support.sample_models import built_samples
from tests.support.scenes import Scene, gate, results

CHECK = "preprocessing/served-equals-reference"
FOLDER = PROJECT.parent / "shared" / "models"
SAMPLES = sorted(path.parent.name for path in (PROJECT / "sample_models").glob("*/build.py"))
REAL = sorted(FOLDER.glob("*/*/saved_model.pb*")) if FOLDER.is_dir() else []

NOT_COMPARED = {
    "SciSharp__TensorFlow.NET__example1": "No request was answered",
    "tensorflow__serving__counter": "Every output may rightly differ from run to run",
}


def examine(scene: Scene, version: Path) -> tuple[CheckResult, list[Confrontation]]:
    """Gates a pull request that adds this version directory; what was compared comes with it."""
    heard: list[Confrontation] = []

    @check(claims=())
    def listener(reference: Reference) -> Outcome:
        """Keeps what it hears."""
        heard.extend(one for one in reference.confrontations if one.direct)
        return iter(())

    scene.branch_off()
    shutil.copytree(version, scene.version(version.name))
    report = gate(scene, only=[CHECK], listeners=[listener.__dict__["check"]])
    (found,) = results(report, CHECK)
    return found, heard


def differing_bits(confronted: Iterable[Confrontation]) -> list[str]:
    """The probes and outputs that are not the same to the last bit."""
    return [
        f"{one.probe.label}: {name}"
        for one in confronted
        for name, value in one.direct[0].items()
        if _bits(value) != _bits(one.served[0][name])
    ]


def _bits(array: Array) -> tuple[str, object]:
    content = array.tolist() if array.dtype.hasobject else array.tobytes()
    return str(array.dtype), content


@pytest.mark.long
@pytest.mark.skipif(not REAL, reason="../shared/models is not there")
@pytest.mark.parametrize("model", REAL, ids=lambda path: "-".join(path.parts[-3:-1]))
def test_real_models_are_not_accused(model: Path, tmp_path: Path) -> None:
    found, confronted = examine(Scene(tmp_path), model.parent)
    if reason := NOT_COMPARED.get(model.parts[-3]):
        assert found.status is Status.SKIPPED
        assert found.message.startswith(reason)
    else:
        assert found.status is Status.PASSED, found.message
        assert "compared with the SavedModel run directly" in found.message
        assert confronted
        assert differing_bits(confronted) == []


@pytest.mark.long
@pytest.mark.parametrize("name", SAMPLES)
def test_sample_models_are_not_accused(name: str, tmp_path: Path) -> None:
    versions = sorted(path.parent for path in built_samples().glob(f"{name}*/*/saved_model.pb"))
    assert versions
    for number, version in enumerate(versions):
        found, _ = examine(Scene(tmp_path / str(number)), version)
        stateful = found.status is Status.SKIPPED and "from run to run" in found.message
        assert stateful or found.status is Status.PASSED, (version, found.message)
