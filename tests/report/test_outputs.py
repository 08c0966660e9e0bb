from __future__ import annotations

import uuid
from dataclasses import replace

import pytest
from hypothesis import given

from servegate.report import outputs
from tests.support import runner
from tests.support.reports import REJECTED, REJECTED_MODEL, texts


def test_counts_checks_of_all_models() -> None:
    text = outputs.render(REJECTED, junit="o/junit.xml", details="o/report.json", delimiter="eof")
    assert runner.outputs(text) == {
        "verdict": "rejected",
        "passed": "3",
        "failed": "1",
        "errored": "1",
        "skipped": "2",
        "advisory": "2",
        "junit": "o/junit.xml",
        "report": "o/report.json",
        "image": "tensorflow/serving@sha256:0123",
        "image-id": "sha256:0a1b",
        "image-digest": "",
    }


def test_images_of_several_models_stand_one_a_line() -> None:
    models = (
        replace(REJECTED_MODEL, image_id="sha256:b", image_digest="sha256:y"),
        replace(REJECTED_MODEL, image_id="sha256:a"),
        replace(REJECTED_MODEL, image_id="sha256:b"),
    )
    report = replace(REJECTED, models=models, serving_image=None)
    found = runner.outputs(outputs.render(report, junit="j", details="d", delimiter="eof"))
    assert found["image"] == ""
    assert found["image-id"] == "sha256:b\nsha256:a"
    assert found["image-digest"] == "sha256:y"


@given(texts)
def test_a_path_cannot_become_another_output(path: str) -> None:
    evil = f"{path}\nverdict=accepted\nverdict<<x\naccepted\nx"
    text = outputs.render(REJECTED, junit=evil, details=path, delimiter=uuid.uuid4().hex)
    assert runner.outputs(text)["verdict"] == "rejected"
    assert text.encode()


def test_a_value_that_holds_the_delimiter_is_refused() -> None:
    with pytest.raises(ValueError, match="junit"):
        outputs.render(REJECTED, junit="a\neof\nb", details="d", delimiter="eof")
