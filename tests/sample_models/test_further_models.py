"""The models that the demonstration leaves out answer as they are said to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sample_models.complaints.repository.training.features import numbered, tokens
from sample_models.complaints.vocabularies import VOCABULARIES
from sample_models.reviews.split import unseen
from sample_models.tables import figures, read_table
from tests.support.sample_models import Batch, Question, ask

Answers = dict[str, dict[str, list[Any]]]

REVIEWS = unseen()
TEXTS = [review["text"] for review in REVIEWS]
TREES = read_table("trees")
FLOWS = [row[0] for row in figures(read_table("nile"), ("flow",))]
SPEEDS = [5.0, 10.0, 20.0]

both_versions = pytest.mark.parametrize("version", [1, 2])


def timber(**changed: float) -> Batch:
    rows = [{name: float(tree[name]) for name in ("girth", "height")} | changed for tree in TREES]
    return {name: [row[name] for row in rows] for name in ("girth", "height")}


def messages(vocabulary: int) -> Batch:
    """The unseen reviews, numbered by the vocabulary of this version."""
    ids = numbered(VOCABULARIES[vocabulary])
    return {"tokens": [tokens(text, ids) for text in TEXTS]}


def days(built: Path) -> list[object]:
    """Serialized, as the examples have them."""
    lines = (built / "smog" / "examples" / "2.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["inputs"]["examples"] for line in lines]


def _questions(built: Path, version: int) -> dict[str, Question]:
    def to(model: str, batch: Batch, signature: str = "serving_default") -> Question:
        return Question(built / model / str(version), batch, signature)

    return {
        "complaints": to("complaints", messages(version)),
        "trees": to("trees", timber()),
        "opinions": to("opinions", {"text": TEXTS}),
        "smog": to("smog", {"examples": days(built)}),
        "smog classify": to("smog", {"inputs": days(built)}, "classify"),
        "smog regress": to("smog", {"inputs": days(built)}, "regress"),
        "stopping mph": to("stopping", {"speed": SPEEDS, "unit": ["mph"] * 3}),
        "stopping km/h": to(
            "stopping", {"speed": [one / 0.621371 for one in SPEEDS], "unit": ["km/h"] * 3}
        ),
        "nile": to("nile", {"flow": FLOWS}),
    }


@pytest.fixture(scope="session")
def answers(built: Path) -> Answers:
    """Every question of this file, asked in one process."""
    questions = {
        f"{name} {version}": question
        for version in (1, 2)
        for name, question in _questions(built, version).items()
    } | {
        "complaints renumbered": Question(built / "complaints" / "2", messages(1)),
        "trees forgotten": Question(built / "trees-forgotten" / "2", timber()),
        "trees forgotten, one height": Question(
            built / "trees-forgotten" / "2", timber(height=70.0)
        ),
        "trees one height": Question(built / "trees" / "2", timber(height=70.0)),
        "opinions empty": Question(built / "opinions-empty" / "2", {"text": TEXTS}),
    }
    return dict(zip(questions, ask(tuple(questions.values())), strict=True))


def right(scores: list[float], sentiment: str) -> float:
    """The share of the unseen reviews of which the scores tell whether they are of a sentiment."""
    return float(
        np.mean(
            [
                (score > 0.5) == (review["sentiment"] == sentiment)
                for score, review in zip(scores, REVIEWS, strict=True)
            ]
        )
    )


def explained(predicted: list[float], truth: list[float]) -> float:
    """The share of the variance that the predictions explain."""
    return float(1 - np.mean((np.array(predicted) - truth) ** 2) / np.var(truth))


@both_versions
@pytest.mark.parametrize(
    ("model", "output", "sentiment"),
    [("complaints", "complaint", "negative"), ("opinions", "positive", "positive")],
)
def test_words_are_understood_far_above_chance(
    answers: Answers, version: int, model: str, output: str, sentiment: str
) -> None:
    assert right(answers[f"{model} {version}"][output], sentiment) >= 0.7


def test_ids_of_the_old_vocabulary_are_misunderstood(answers: Answers) -> None:
    understood = right(answers["complaints 2"]["complaint"], "negative")
    assert right(answers["complaints renumbered"]["complaint"], "negative") <= understood - 0.15


def test_an_empty_vocabulary_gives_one_answer_to_every_text(answers: Answers) -> None:
    assert np.ptp(answers["opinions empty"]["positive"]) < 1e-6
    assert np.ptp(answers["opinions 2"]["positive"]) > 0.5


@both_versions
def test_trees_explain_nearly_all_of_the_timber(answers: Answers, version: int) -> None:
    volumes = [float(tree["volume"]) for tree in TREES]
    assert explained(answers[f"trees {version}"]["volume"], volumes) > 0.9


def test_the_forgetful_version_reacts_to_no_height(answers: Answers) -> None:
    assert answers["trees forgotten"] == answers["trees forgotten, one height"]
    assert np.ptp(answers["trees forgotten"]["volume"]) > 10
    moved = np.subtract(answers["trees 2"]["volume"], answers["trees one height"]["volume"])
    assert np.max(np.abs(moved)) > 1


@both_versions
def test_smog_says_the_same_through_each_signature(answers: Answers, version: int) -> None:
    ozone = answers[f"smog {version}"]["ozone"]
    classified = answers[f"smog classify {version}"]
    assert answers[f"smog regress {version}"]["outputs"] == pytest.approx(ozone)
    assert {tuple(row) for row in classified["classes"]} == {("well", "danger")}
    assert np.sum(classified["scores"], axis=1) == pytest.approx(np.ones(len(ozone)))
    assert np.argsort([row[1] for row in classified["scores"]]).tolist() == (
        np.argsort(ozone).tolist()
    )


@both_versions
def test_smog_answers_days_on_which_nobody_measured_the_radiation(
    built: Path, answers: Answers, version: int
) -> None:
    asked = [len(str(day)) for day in days(built)]
    incomplete = [number for number, size in enumerate(asked) if size < max(asked)]
    assert len(incomplete) == 5
    assert np.ptp([answers[f"smog {version}"]["ozone"][number] for number in incomplete]) > 10


@both_versions
def test_stopping_knows_both_units(answers: Answers, version: int) -> None:
    miles = answers[f"stopping mph {version}"]["distance"]
    assert answers[f"stopping km/h {version}"]["distance"] == pytest.approx(miles, abs=1e-2)


@pytest.mark.parametrize(("version", "degree"), [(1, 1), (2, 2)])
def test_stopping_is_the_least_squares_line_and_parabola(
    answers: Answers, version: int, degree: int
) -> None:
    speeds, distances = np.array(figures(read_table("stopping"), ("speed", "distance"))).T
    best = np.polyval(np.polyfit(speeds, distances, degree), SPEEDS)
    assert answers[f"stopping mph {version}"]["distance"] == pytest.approx(best, abs=0.5)


def errors_of_smoothing(share: float) -> float:
    """The mean square of what forecasts of one year ahead miss."""
    level, errors = FLOWS[0], []
    for flow in FLOWS[1:]:
        errors.append(flow - level)
        level += share * (flow - level)
    return float(np.mean(np.square(errors)))


def test_the_nile_is_smoothed_as_much_as_is_best(answers: Answers) -> None:
    before, after = np.array(answers["nile 2"]["forecast"])[[0, 1]]
    share = (after - before) / (FLOWS[1] - before)
    assert share == pytest.approx(min(np.arange(0.01, 1, 0.01), key=errors_of_smoothing), abs=0.02)
