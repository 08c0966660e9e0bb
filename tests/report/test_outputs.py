from __future__ import annotations

import uuid

import pytest
from hypothesis import given

from servegate.report import outputs
from tests.support import runner
from tests.support.reports import REJECTED, texts


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
    }


@given(texts)
def test_a_path_cannot_become_another_output(path: str) -> None:
    evil = f"{path}\nverdict=accepted\nverdict<<x\naccepted\nx"
    text = outputs.render(REJECTED, junit=evil, details=path, delimiter=uuid.uuid4().hex)
    assert runner.outputs(text)["verdict"] == "rejected"
    assert text.encode()


def test_a_value_that_holds_the_delimiter_is_refused() -> None:
    with pytest.raises(ValueError, match="junit"):
        outputs.render(REJECTED, junit="a\neof\nb", details="d", delimiter="eof")
