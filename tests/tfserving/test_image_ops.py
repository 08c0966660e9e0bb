"""Ops of the official image."""

from __future__ import annotations

from servegate.tfserving.image_ops import OFFICIAL_IMAGE


def test_what_anybody_may_have_written_is_not_the_image_s() -> None:
    assert "MyZeroOut" not in OFFICIAL_IMAGE
    assert "MatMul" not in OFFICIAL_IMAGE
    assert "TFText>RoundRobinTrim" in OFFICIAL_IMAGE
    assert "SimpleMLInferenceOpWithHandle" in OFFICIAL_IMAGE
