"""The models answer as they are said to: healthy ones react, the deaf one does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from sample_models.ozone.repository.training.features import FEATURES
from sample_models.reviews.repository.training.features import encode
from sample_models.reviews.split import unseen
from sample_models.reviews.unprocessed.client.request import build as build_unprocessed
from sample_models.tables import Row, figures, read_table, without_gaps
from tests.support.sample_models import Batch, Question, ask

Answers = dict[str, dict[str, list[Any]]]
Floats = npt.NDArray[np.float64]

DAYS = without_gaps(read_table("airquality"), ("ozone", *FEATURES))
FLOWERS = read_table("iris")
MEASURED = {"measurements": figures(FLOWERS, tuple(FLOWERS[0])[:4])}
CAR = {"weight": 3.2, "horsepower": 150.0, "cylinders": 6, "transmission": "manual"}
OTHER_CAR = {"weight": 4.5, "horsepower": 90.0, "cylinders": 8, "transmission": "automatic"}
REVIEWS = unseen()


def cars() -> Batch:
    """One car, and the same with one property after the other changed."""
    rows = [CAR, *({**CAR, name: OTHER_CAR[name]} for name in CAR)]
    return {name: [row[name] for row in rows] for name in CAR}


def tokens(prepare: Callable[[dict[str, str]], dict[str, list[int]]]) -> Batch:
    return {"tokens": [prepare({"text": review["text"]})["tokens"] for review in REVIEWS]}


@pytest.fixture(scope="session")
def answers(built: Path) -> Answers:
    """Every question of this file, asked in one process."""
    weather = {"features": figures(DAYS, FEATURES)}
    questions: dict[str, tuple[str, Batch]] = {
        **{f"ozone/{version}": (f"ozone/{version}", weather) for version in (1, 2)},
        **{f"iris/{version}": (f"iris/{version}", MEASURED) for version in (1, 2)},
        **{f"cars/{version}": (f"cars/{version}", cars()) for version in (1, 2)},
        **{f"reviews/{version}": (f"reviews/{version}", tokens(encode)) for version in (1, 2)},
        "iris-constant/2": ("iris-constant/2", MEASURED),
        "unprocessed": ("reviews/2", tokens(build_unprocessed)),
    }
    asked = [Question(built / directory, batch) for directory, batch in questions.values()]
    return dict(zip(questions, ask(asked), strict=True))


def error(answer: list[float], days: tuple[Row, ...]) -> float:
    truth: Floats = np.array(figures(days, ("ozone",)))[:, 0]
    return float(np.sqrt(np.mean((np.array(answer) - truth) ** 2)))


def correct(answer: dict[str, list[float]]) -> float:
    """The share of the unseen reviews that an answer puts on the right side."""
    return float(
        np.mean(
            [
                (positive > 0.5) == (review["sentiment"] == "positive")
                for positive, review in zip(answer["positive"], REVIEWS, strict=True)
            ]
        )
    )


@pytest.mark.parametrize("version", [1, 2])
def test_ozone_explains_most_of_the_variance(answers: Answers, version: int) -> None:
    spread = float(np.std(figures(DAYS, ("ozone",))))
    assert error(answers[f"ozone/{version}"]["ozone"], DAYS) < 0.6 * spread


def test_ozone_has_learnt_from_august_and_september(answers: Answers) -> None:
    late = [number for number, day in enumerate(DAYS) if int(day["month"]) > 7]
    days = tuple(DAYS[number] for number in late)
    first, second = (
        error([answers[f"ozone/{version}"]["ozone"][number] for number in late], days)
        for version in (1, 2)
    )
    assert second < 0.9 * first


@pytest.mark.parametrize("version", [1, 2])
def test_iris_names_nearly_every_species(answers: Answers, version: int) -> None:
    named = answers[f"iris/{version}"]["species"]
    right = [name == row["species"] for name, row in zip(named, FLOWERS, strict=True)]
    assert np.mean(right) > 0.9


def test_the_deaf_version_gives_one_answer_to_all_flowers(answers: Answers) -> None:
    deaf = answers["iris-constant/2"]
    assert deaf["species"] == ["versicolor"]
    assert len(deaf["probabilities"]) == 1


@pytest.mark.parametrize("version", [1, 2])
def test_cars_react_to_each_of_their_inputs(answers: Answers, version: int) -> None:
    first, *changed = answers[f"cars/{version}"]["miles_per_gallon"]
    effects = dict(zip(CAR, (abs(one - first) for one in changed), strict=True))
    assert {name: effect for name, effect in effects.items() if effect < 0.5} == {}


@pytest.mark.parametrize("version", [1, 2])
def test_reviews_are_understood_far_above_chance(answers: Answers, version: int) -> None:
    assert correct(answers[f"reviews/{version}"]) >= 0.75


def test_reviews_sent_unprocessed_are_answered_without_meaning(answers: Answers) -> None:
    assert correct(answers["unprocessed"]) <= 0.6
    assert np.std(answers["unprocessed"]["positive"]) > 0.01


@pytest.mark.parametrize(
    ("name", "output"),
    [("ozone", "ozone"), ("cars", "miles_per_gallon"), ("reviews", "positive")],
)
def test_a_retrained_version_answers_differently(answers: Answers, name: str, output: str) -> None:
    first, second = (np.array(answers[f"{name}/{version}"][output]) for version in (1, 2))
    assert np.max(np.abs(first - second)) > 0.01 * np.ptp(first)
