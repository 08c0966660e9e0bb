"""Ops of the official image."""

from __future__ import annotations

from servegate.tfserving.image_ops import OFFICIAL_IMAGE, unregistered_op


def test_the_op_that_a_server_did_not_know() -> None:
    reason = "NOT_FOUND: Op type not registered 'CaseFoldUTF8' in binary running on host. Make sure"
    assert unregistered_op(reason) == "CaseFoldUTF8"
    assert unregistered_op(reason) in OFFICIAL_IMAGE
    assert unregistered_op("DATA_LOSS: truncated") is None


def test_what_anybody_may_have_written_is_not_the_image_s() -> None:
    assert "MyZeroOut" not in OFFICIAL_IMAGE
    assert "MatMul" not in OFFICIAL_IMAGE
    assert "TFText>RoundRobinTrim" in OFFICIAL_IMAGE
    assert "SimpleMLInferenceOpWithHandle" in OFFICIAL_IMAGE
