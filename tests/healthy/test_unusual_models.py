"""Rows of healthy.md about models that look odd and are well."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.gaterun import gate
from tests.support.oddmodels import (
    write_deaf,
    write_lookup,
    write_named_signatures,
    write_noisy_pair,
    write_pass_through,
    write_sampler,
    write_scores_and_class,
    write_sum,
)
from tests.support.repos import Repo
from tests.support.teams import (
    EXAMPLES,
    ROLLOUTS,
    advisories,
    assert_passes,
    configure,
    record,
    version,
)

DETERMINISTIC = "input_sensitivity/deterministic"
EVERY_INPUT = "input_sensitivity/every-input-matters"

FOUR_ROWS = [[0.5], [1.5], [2.5], [4.0]]
EIGHT_ROWS = [[0.25 * row] for row in range(8)]

WRITERS: dict[str, Callable[[Path, float], object]] = {
    "h20": lambda path, weight: write_sampler(path, weight=weight),
    "h23": lambda path, weight: write_scores_and_class(path, weight=weight),
    "h24": lambda path, weight: write_lookup(path, [[weight * row[0]] for row in EIGHT_ROWS]),
    "h26": lambda path, weight: write_named_signatures(path, weight=weight),
    "h30": lambda path, weight: write_pass_through(path, weight=weight, mask=True),
}


def upgraded(repo: Repo, write: Callable[[Path, float], object]) -> Repo:
    """Version 1 in production, version 2 with other weights in the change."""
    write(version(repo, "1"), 2.0)
    configure(repo).commit()
    write(version(repo, "2"), 3.0)
    repo.commit()
    return repo


def test_h20_a_stochastic_model(repo: Repo) -> None:
    upgraded(repo, WRITERS["h20"])
    run = gate(repo)
    assert_passes(run, m={DETERMINISTIC})
    assert "RandomStandardNormal" in run.check("m", DETERMINISTIC)["message"]
    assert run.check("m", "version/served")["status"] == "passed"


def test_h23_a_class_that_stays_beside_a_score_that_moves(repo: Repo) -> None:
    upgraded(repo, WRITERS["h23"])
    assert_passes(gate(repo))


def test_h24_made_up_inputs_that_the_model_refuses(repo: Repo) -> None:
    write_lookup(version(repo, "1"), FOUR_ROWS)
    configure(repo, model={"examples": EXAMPLES})
    record(repo, [{"inputs": {"id": number}} for number in range(4)]).commit()
    write_lookup(version(repo, "2"), [[3 * row[0]] for row in FOUR_ROWS])
    repo.commit()
    assert_passes(gate(repo))


@pytest.mark.long
def test_h24_made_up_inputs_that_the_model_refuses_without_examples(repo: Repo) -> None:
    upgraded(repo, WRITERS["h24"])
    assert_passes(gate(repo))


@pytest.mark.long
def test_h24_a_first_version_that_refuses_all_made_up_inputs(repo: Repo) -> None:
    configure(repo).commit()
    write_lookup(version(repo, "1"), [[1.0]])
    repo.commit()
    run = gate(repo)
    assert run.exit_code == 0, run.output
    assert set(advisories(run)) <= {"m"}


def test_h26_signatures_of_other_names_and_kinds(repo: Repo) -> None:
    upgraded(repo, WRITERS["h26"])
    run = gate(repo)
    assert_passes(run)
    assert run.check("m", "input_sensitivity/answers-vary")["status"] == "passed"


def test_h30_a_key_that_is_echoed(repo: Repo) -> None:
    upgraded(repo, lambda path, weight: write_pass_through(path, weight=weight, mask=False))
    assert_passes(gate(repo))


@pytest.mark.long
def test_h30_a_mask_without_effect(repo: Repo) -> None:
    upgraded(repo, WRITERS["h30"])
    run = gate(repo)
    assert_passes(run, m={EVERY_INPUT})
    told = run.check("m", EVERY_INPUT)
    assert "ignores 'mask', which" in told["message"]
    assert "Inherited" in told["message"]
    assert 'servegate.yml:4: sensitivity: {ignores: {"mask": "why"}}' in told["remedy"]


def keyed(count: int = 6) -> list[dict[str, object]]:
    """Examples of a model with a key that is echoed."""
    return [{"inputs": {"x": [float(row)], "key": f"key {row}"}} for row in range(count)]


@pytest.mark.long
@pytest.mark.parametrize("rollout", ROLLOUTS)
def test_h30_a_key_that_is_echoed_in_the_answers(repo: Repo, rollout: str) -> None:
    configure(record(repo, keyed()), rollout, model={"examples": EXAMPLES})
    write_pass_through(version(repo, "1"), weight=2.0, mask=False)
    repo.commit()
    write_pass_through(version(repo, "2"), weight=3.0, mask=False)
    repo.commit()
    assert_passes(gate(repo))


IGNORES = {"sensitivity": {"ignores": {"z": "passed through for logging"}}}


@pytest.mark.parametrize("rollout", ROLLOUTS)
def test_h30_a_declared_input_without_effect(repo: Repo, rollout: str) -> None:
    write_sum(version(repo, "1"), {"x": 2.0, "z": 1.0})
    configure(repo, rollout, model=IGNORES).commit()
    write_sum(version(repo, "2"), {"x": 3.0}, unused=("z",))
    repo.commit()
    run = gate(repo)
    assert_passes(run)
    message = run.check("m", EVERY_INPUT)["message"]
    assert message == "'z' may go without effect, as declared: passed through for logging"


@pytest.mark.long
def test_h30_a_declaration_that_names_no_input(repo: Repo) -> None:
    write_sum(version(repo, "1"), {"x": 2.0, "y": 1.0})
    configure(repo, model=IGNORES).commit()
    write_sum(version(repo, "2"), {"x": 3.0, "y": 1.0})
    repo.commit()
    run = gate(repo)
    assert_passes(run, m={EVERY_INPUT})
    assert "declares 'z', and no signature takes" in run.check("m", EVERY_INPUT)["message"]


def test_h31_the_first_version_ignores_an_input(repo: Repo) -> None:
    configure(repo).commit()
    write_pass_through(version(repo, "1"), weight=2.0, mask=True)
    repo.commit()
    run = gate(repo)
    assert_passes(run, m={EVERY_INPUT})
    assert "first version" in run.check("m", EVERY_INPUT)["message"]


def summed(repo: Repo, before: dict[str, float] | None, after: dict[str, float]) -> Repo:
    """Weights of a model's two inputs, before and after, and eight examples."""
    rows = [{"inputs": {"x": [row], "z": [row * row]}} for row in map(float, range(8))]
    configure(record(repo, rows), model={"examples": EXAMPLES})
    if before is not None:
        write_sum(version(repo, "1"), before)
    repo.commit()
    write_sum(version(repo, "2"), after)
    repo.commit()
    return repo


@pytest.mark.parametrize(
    ("before", "why"),
    [({"x": 2.0, "z": 0.0}, "Inherited"), (None, "first version")],
    ids=["inherited", "first"],
)
def test_h31_an_input_that_moves_no_answer_informs(
    repo: Repo, before: dict[str, float] | None, why: str
) -> None:
    run = gate(summed(repo, before, {"x": 3.0, "z": 0.0}))
    assert_passes(run, m={EVERY_INPUT})
    told = run.check("m", EVERY_INPUT)
    assert "does not react to 'z'" in told["message"]
    assert why in told["message"]
    assert 'servegate.yml:4: sensitivity: {ignores: {"z": "why"}}' in told["remedy"]


@pytest.mark.long
def test_h31_an_input_that_moved_the_base_versions_answers_blocks(repo: Repo) -> None:
    run = gate(summed(repo, {"x": 2.0, "z": 1.0}, {"x": 3.0, "z": 0.0}))
    assert run.exit_code == 1, run.output
    assert set(run.failed("m")) == {EVERY_INPUT}
    assert "no longer reacts to 'z'" in run.failed("m")[EVERY_INPUT]


@pytest.mark.long
def test_h20_a_sampler_of_two_inputs(repo: Repo) -> None:
    rows = [{"inputs": {"x": [row], "z": [-row]}} for row in map(float, range(6))]
    configure(record(repo, rows), model={"examples": EXAMPLES})
    for number, weight in (("1", 2.0), ("2", 3.0)):
        write_noisy_pair(version(repo, number), weight=weight)
        repo.commit()
    assert_passes(gate(repo), m={DETERMINISTIC})


@pytest.mark.long
def test_h31_an_input_that_the_base_version_used_blocks(repo: Repo) -> None:
    write_sum(version(repo, "1"), {"x": 2.0, "z": 1.0})
    configure(repo).commit()
    write_sum(version(repo, "2"), {"x": 3.0}, unused=("z",))
    repo.commit()
    run = gate(repo)
    assert run.exit_code == 1, run.output
    assert set(run.failed("m")) == {EVERY_INPUT}


@pytest.mark.long
def test_h31_an_output_that_no_input_can_influence_blocks_all_the_same(repo: Repo) -> None:
    write_deaf(version(repo, "1"), answer=0.25)
    configure(repo).commit()
    write_deaf(version(repo, "2"), answer=0.5)
    repo.commit()
    run = gate(repo)
    assert run.exit_code == 1, run.output
    assert "input_sensitivity/depends-on-input" in run.failed("m")


@pytest.mark.long
def test_all_of_them_in_fresh_images(repo: Repo) -> None:
    repo.write("servegate.yml", "serving: {rollout: image}\n")
    for name, write in WRITERS.items():
        write(repo.file(f"models/{name}/1"), 2.0)
    repo.commit()
    for name, write in WRITERS.items():
        write(repo.file(f"models/{name}/2"), 3.0)
    repo.commit()
    run = gate(repo, "--jobs", "2")
    assert_passes(run, h20={DETERMINISTIC}, h30={EVERY_INPUT})
    assert set(run.models()) == set(WRITERS)
