"""Rows of healthy.md about new weights, new inputs and rewritten preprocessing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.gaterun import gate
from tests.support.oddmodels import (
    write_batch_sensitive,
    write_raw,
    write_sum,
    write_two_outputs,
)
from tests.support.repos import Repo
from tests.support.sample_models import built_samples
from tests.support.teams import (
    EXAMPLES,
    ROLLOUTS,
    assert_passes,
    configure,
    record,
    version,
)
from tests.support.tinymodels import write_model

CONTRACT = "preprocessing/contract-unchanged"
REVIEWS = Path(__file__).resolve().parents[2] / "sample_models" / "reviews" / "repository"


def recorded(weight: float, number: str) -> list[dict[str, object]]:
    """What `y = weight * x + 1` answered."""
    return [
        {"inputs": {"x": [x]}, "outputs": {"y": [weight * x + 1]}, "for_version": number}
        for x in (1.0, 2.0, 5.0)
    ]


@pytest.mark.parametrize("rollout", ROLLOUTS)
def test_h01_new_weights_with_recordings_of_the_old_version(repo: Repo, rollout: str) -> None:
    write_model(version(repo, "1"), weight=2.0)
    configure(record(repo, recorded(2.0, "1")), rollout, model={"examples": EXAMPLES}).commit()
    write_model(version(repo, "2"), weight=3.0)
    repo.commit()
    run = gate(repo)
    assert_passes(run)
    skipped = (
        run.check("m", "version/served"),
        run.check("m", "preprocessing/answers-equal-expected"),
    )
    assert [one["status"] for one in skipped] == ["passed", "skipped"]
    assert any("3 recordings for 1" in one for one in run.models()["m"]["not_examined"])


@pytest.mark.parametrize("rollout", ROLLOUTS)
def test_h01_new_weights_with_recordings_of_their_own(repo: Repo, rollout: str) -> None:
    write_model(version(repo, "1"), weight=2.0)
    configure(repo, rollout).commit()
    write_model(version(repo, "2"), weight=3.0)
    record(repo, recorded(3.0, "2"), "models/m/2/assets.extra/servegate_examples.jsonl")
    repo.commit()
    run = gate(repo)
    assert_passes(run)
    assert (
        "3 answers as recorded" in run.check("m", "preprocessing/answers-equal-expected")["message"]
    )


def test_h02_a_new_vocabulary_in_training_asset_and_client(repo: Repo) -> None:
    samples = built_samples() / "reviews"
    shutil.copytree(REVIEWS, repo.path, dirs_exist_ok=True)
    shutil.copytree(samples / "1", repo.file("models/reviews/1"))
    repo.write(EXAMPLES, "".join(f'{{"raw": {{"text": "{text}"}}}}\n' for text in TEXTS))
    repo.commit()
    shutil.copytree(samples / "2", repo.file("models/reviews/2"))
    words = repo.file("training/vocabulary.txt").read_text().split()
    for place in ("training/vocabulary.txt", "models/reviews/2/assets/vocabulary.txt"):
        repo.write(place, "\n".join(reversed(words)) + "\n")
    repo.commit()
    run = gate(repo)
    assert_passes(run)
    assert run.check("reviews", "preprocessing/training-equals-serving")["status"] == "passed"


TEXTS = ("A quiet kettle.", "Bad shoes that let water in.", "Great service, arrived early.")

TWO_INPUTS = "def build(raw):\n    return {'a': [raw['a']], 'b': [raw['b']]}\n"
ONE_INPUT = "def build(raw):\n    return {'a': [raw['a']]}\n"
PREPROCESSING = {
    "examples": EXAMPLES,
    "preprocessing": {"training": "training:build", "serving": "client:build"},
}


def second_input(repo: Repo, rollout: str, *, client: str) -> Repo:
    """Version 2 takes a second input, which training makes."""
    write_sum(version(repo, "1"), {"a": 2.0})
    record(repo, [{"raw": {"a": 1.0}}, {"raw": {"a": 2.0}}])
    repo.write("client.py", ONE_INPUT).write("training.py", ONE_INPUT)
    configure(repo, rollout, model=PREPROCESSING).commit()
    write_sum(version(repo, "2"), {"a": 2.0, "b": 3.0})
    record(repo, [{"raw": {"a": 1.0, "b": 1.0}}, {"raw": {"a": 2.0, "b": 7.0}}])
    repo.write("client.py", client).write("training.py", TWO_INPUTS).commit()
    return repo


@pytest.mark.parametrize("rollout", ROLLOUTS)
def test_h03_a_required_input_is_added_with_its_client(repo: Repo, rollout: str) -> None:
    run = gate(second_input(repo, rollout, client=TWO_INPUTS))
    assert_passes(run, m={CONTRACT})
    assert run.check("m", "preprocessing/training-equals-serving")["status"] == "passed"
    told = run.check("m", CONTRACT)["message"]
    assert "'b' (float32) must be sent" in told
    assert "has changed along, going by client:build" in told


@pytest.mark.long
def test_h03_a_client_that_does_not_send_the_new_input_fails(repo: Repo) -> None:
    run = gate(second_input(repo, "volume", client=ONE_INPUT))
    assert run.exit_code == 1, run.output
    failed = run.failed("m")
    assert set(failed) == {"preprocessing/training-equals-serving", CONTRACT}
    assert "does not send b" in failed["preprocessing/training-equals-serving"]
    assert "has not changed along, going by client:build" in failed[CONTRACT]


@pytest.mark.long
def test_h03_nobody_knows_what_the_client_sends(repo: Repo) -> None:
    write_sum(version(repo, "1"), {"a": 2.0})
    configure(repo).commit()
    write_sum(version(repo, "2"), {"a": 2.0, "b": 3.0})
    repo.commit()
    run = gate(repo)
    assert_passes(run, m={CONTRACT})
    assert "no examples that tell" in run.check("m", CONTRACT)["message"]


def test_h04_an_optional_input_or_an_output_is_added(repo: Repo) -> None:
    record(repo, [{"inputs": {"a": [1.0]}}, {"inputs": {"a": [2.0]}}], "data/m.jsonl")
    other = {"name": "more", "path": "models/more"}
    configure(repo, model={"examples": "data/m.jsonl"}, others=[other])
    write_sum(version(repo, "1"), {"a": 2.0})
    write_model(repo.file("models/more/1"))
    repo.commit()
    write_sum(version(repo, "2"), {"a": 2.0, "b": 3.0}, defaults={"b": 1.0})
    write_two_outputs(repo.file("models/more/2"))
    repo.commit()
    run = gate(repo, "--jobs", "2")
    assert_passes(run)
    accepted = run.check("m", "preprocessing/signature-accepts-training-tensors")
    assert accepted["message"] == "2 examples accepted."
    contract = [run.check(name, CONTRACT) for name in ("m", "more")]
    assert [one["status"] for one in contract] == ["passed", "passed"]
    assert "optional input 'b'" in contract[0]["message"]
    assert "output 'z'" in contract[1]["message"]


@pytest.mark.long
def test_h16_preprocessing_is_refactored(repo: Repo) -> None:
    before = "def build(raw):\n    return {'x': [raw / 10]}\n"
    after = (
        "def scaled(x):\n    return x * 0.1\n\ndef build(raw):\n    return {'x': [scaled(raw)]}\n"
    )
    repo.write("training.py", before).write("client.py", before)
    record(repo, [{"raw": one} for one in (1.0, 30.0, 700.0)])
    write_model(version(repo, "1"))
    configure(repo, model=PREPROCESSING).commit()
    repo.write("client.py", after).commit()
    run = gate(repo)
    assert_passes(run)
    assert run.models()["m"]["candidate"] == "1"
    assert run.check("m", "preprocessing/training-equals-serving")["status"] == "passed"


def test_h16_preprocessing_moves_from_the_client_into_the_graph(repo: Repo) -> None:
    scaled = "def build(raw):\n    return {'x': [raw * 0.5]}\n"
    repo.write("training.py", scaled).write("client.py", scaled)
    record(repo, [{"raw": one} for one in (1.0, 30.0, 700.0)])
    write_model(version(repo, "1"), weight=2.0, bias=0.0)
    configure(repo, model=PREPROCESSING).commit()
    write_raw(version(repo, "2"), scale=0.5, weight=2.0)
    repo.write("client.py", "def build(raw):\n    return {'raw': [raw]}\n")
    answers = [
        {"raw": one, "outputs": {"y": [one]}, "for_version": "2"} for one in (1.0, 30.0, 700.0)
    ]
    record(repo, answers).commit()
    run = gate(repo)
    assert_passes(run, m={CONTRACT})
    assert "'x' is now 'raw'" in run.check("m", CONTRACT)["message"]
    decides = run.check("m", "preprocessing/answers-equal-expected")
    assert decides["message"] == "3 answers as recorded."


def test_h17_preprocessing_merges_what_is_alike(repo: Repo) -> None:
    bucketed = (
        "def build(raw):\n"
        "    return {'x': [float(round(raw['size'], -1)) + len(raw['name'].lower().strip())]}\n"
    )
    repo.write("training.py", bucketed).write("client.py", bucketed)
    rows = [("Ada", 11.0), ("ada ", 12.0), ("ADA", 13.0), ("Grace", 48.0)]
    record(repo, [{"raw": {"name": name, "size": size}} for name, size in rows])
    write_model(version(repo, "1"))
    configure(repo, model=PREPROCESSING).commit()
    write_model(version(repo, "2"), weight=3.0)
    repo.commit()
    assert_passes(gate(repo))


def test_h18_answers_in_a_batch_are_a_little_else(repo: Repo) -> None:
    write_batch_sensitive(version(repo, "1"), weight=2.0, step=1.8e-7)
    configure(repo, model={"examples": EXAMPLES})
    record(repo, [{"inputs": {"x": [x]}} for x in (1.0, 3.0, 7.0)]).commit()
    write_batch_sensitive(version(repo, "2"), weight=4.0, step=1.8e-7)
    alone = [
        {"inputs": {"x": [x]}, "outputs": {"y": [4 * x * (1 + 1.8e-7)]}, "for_version": "2"}
        for x in (1.0, 3.0, 7.0)
    ]
    record(repo, alone).commit()
    run = gate(repo)
    assert_passes(run)
    assert run.check("m", "preprocessing/answers-equal-expected")["status"] == "passed"


@pytest.mark.long
def test_h18_answers_that_are_another_altogether_fail(repo: Repo) -> None:
    write_batch_sensitive(version(repo, "1"), weight=2.0, step=1.8e-7)
    configure(repo, model={"examples": EXAMPLES})
    record(repo, [{"inputs": {"x": [1.0]}}]).commit()
    write_batch_sensitive(version(repo, "2"), weight=4.0, step=1.8e-7)
    record(repo, [{"inputs": {"x": [1.0]}, "outputs": {"y": [4.01]}, "for_version": "2"}]).commit()
    run = gate(repo)
    assert run.exit_code == 1, run.output
    assert set(run.failed("m")) == {"preprocessing/answers-equal-expected"}
