"""The gate says of every sample pull request what it deserves, without an engine for containers."""

from __future__ import annotations

import pytest

from sample_models.plans import ALL
from sample_models.pull_requests import PullRequest
from tests.support.gaterun import gate
from tests.support.repos import Repo

# Further changes of models of which another is judged; each takes ten seconds.
LATER = frozenset(
    {
        "complaints-retrained",
        "cars-hidden-layer",
        "complaints-renumbered",
        "opinions-empty",
        "iris-retrained",
        "opinions-retrained",
        "reviews-retrained",
        "stopping-parabola",
        "trees-retrained",
    }
)
NAMES = [
    pytest.param(plan.name, marks=[pytest.mark.long] if plan.name in LATER else []) for plan in ALL
]


@pytest.mark.parametrize("name", NAMES)
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
    assert "'level'" in advice["input_sensitivity/order-independent"]
