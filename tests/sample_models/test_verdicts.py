"""The gate says of every sample pull request what it deserves, without an engine for containers."""

from __future__ import annotations

import pytest

from sample_models.plans import ALL
from sample_models.pull_requests import PullRequest
from tests.support.gaterun import gate
from tests.support.repos import Repo


@pytest.mark.parametrize("name", [plan.name for plan in ALL])
def test_the_verdict_is_the_expected_one(made: dict[str, PullRequest], name: str) -> None:
    one = made[name]
    run = gate(Repo(one.repository), "--runtime=embedded")
    (model,) = run.models()
    assert run.report["verdict"] == one.expected_verdict, run.output
    assert set(one.expected_checks) <= run.failed(model).keys()
    assert run.statuses(model, "errored") == {}


def test_a_model_that_remembers_is_told_so_and_no_more(made: dict[str, PullRequest]) -> None:
    run = gate(Repo(made["nile-retrained"].repository), "--runtime=embedded")
    advice = run.failed("nile", severity="advisory")
    assert "'level'" in advice["input_sensitivity/deterministic"]
