"""The data are what their sources published: sums, spreads and regressions of the literature."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest

from sample_models.complaints.vocabularies import MENTIONS, VOCABULARIES
from sample_models.reviews.split import LEARNT, VOCABULARY, learnt
from sample_models.tables import DATA, Row, figures, read_table, without_gaps


def column(rows: tuple[Row, ...], name: str) -> list[float]:
    return [row[0] for row in figures(without_gaps(rows, (name,)), (name,))]


def regression(rows: tuple[Row, ...], target: str, *causes: str) -> list[float]:
    """Coefficients of least squares, the constant first."""
    known = np.array([[1.0, *row] for row in figures(rows, causes)])
    solution = np.linalg.lstsq(known, np.array(column(rows, target)), rcond=None)[0]
    return [float(coefficient) for coefficient in solution]


@pytest.mark.parametrize(
    ("name", "count", "total"),
    [
        ("ozone", 116, 4887),
        ("solar_radiation", 146, 27146),
        ("wind", 153, 1523.5),
        ("temperature", 153, 11916),
    ],
)
def test_air_quality_has_the_published_sums(name: str, count: int, total: float) -> None:
    values = column(read_table("airquality"), name)
    assert len(values) == count
    assert sum(values) == pytest.approx(total)


def test_air_quality_has_the_published_regression() -> None:
    causes = ("solar_radiation", "wind", "temperature")
    days = without_gaps(read_table("airquality"), ("ozone", *causes))
    assert len(days) == 111
    assert regression(days, "ozone", *causes) == pytest.approx(
        [-64.34208, 0.05982, -3.33359, 1.65209], abs=1e-5
    )


def test_cars_have_the_published_regression_on_all_ten_properties() -> None:
    cars = read_table("mtcars")
    assert len(cars) == 32
    assert sum(column(cars, "mpg")) == pytest.approx(642.9)
    properties = tuple(name for name in cars[0] if name not in {"model", "mpg"})
    assert regression(cars, "mpg", *properties) == pytest.approx(
        [
            12.30337,
            -0.11144,
            0.01334,
            -0.02148,
            0.78711,
            -3.71530,
            0.82104,
            0.31776,
            2.52023,
            0.65541,
            -0.19942,
        ],
        abs=1e-5,
    )


def test_trees_have_the_published_regression() -> None:
    trees = read_table("trees")
    assert len(trees) == 31
    assert regression(trees, "volume", "girth", "height") == pytest.approx(
        [-57.9877, 4.7082, 0.3393], abs=1e-4
    )


def test_stopping_distances_have_the_published_regression() -> None:
    tests = read_table("stopping")
    assert len(tests) == 50
    assert regression(tests, "distance", "speed") == pytest.approx([-17.5791, 3.9324], abs=1e-4)


def test_the_nile_has_the_published_mean_before_and_after_the_dam() -> None:
    years = read_table("nile")
    assert [int(row["year"]) for row in years] == list(range(1871, 1971))
    flows = column(years, "flow")
    assert np.mean(flows) == pytest.approx(919.35)
    assert np.std(flows, ddof=1) == pytest.approx(169.2275, abs=1e-4)
    assert np.mean(flows[:28]) == pytest.approx(1097.75)
    assert np.mean(flows[28:]) == pytest.approx(849.9722, abs=1e-4)


@pytest.mark.parametrize(
    ("species", "means", "deviations"),
    [
        ("setosa", [5.006, 3.428, 1.462, 0.246], [0.3524897, 0.3790644, 0.1736640, 0.1053856]),
        ("versicolor", [5.936, 2.770, 4.260, 1.326], [0.5161711, 0.3137983, 0.4699110, 0.1977527]),
        ("virginica", [6.588, 2.974, 5.552, 2.026], [0.6358796, 0.3224966, 0.5518947, 0.2746501]),
    ],
)
def test_irises_have_the_published_means_and_deviations(
    species: str, means: list[float], deviations: list[float]
) -> None:
    flowers = tuple(row for row in read_table("iris") if row["species"] == species)
    measured = np.array(figures(flowers, tuple(flowers[0])[:4]))
    assert measured.shape == (50, 4)
    assert measured.mean(axis=0) == pytest.approx(means)
    assert measured.std(axis=0, ddof=1) == pytest.approx(deviations, abs=1e-7)


def test_reviews_are_distinct_and_half_of_any_stretch_is_positive() -> None:
    reviews = read_table("reviews")
    assert len({row["text"] for row in reviews}) == len(reviews) == 240
    assert {row["sentiment"] for row in reviews[::2]} == {"positive"}
    assert {row["sentiment"] for row in reviews[1::2]} == {"negative"}


def words_of(reviews: tuple[Row, ...], *, mentions: int) -> list[str]:
    """The words that occur so often or more, by frequency."""
    words = Counter(word for row in reviews for word in re.findall(r"[a-z']+", row["text"].lower()))
    often = [word for word in words if words[word] >= mentions]
    return sorted(often, key=lambda word: (-words[word], word))


def test_the_vocabulary_is_the_words_of_the_training_reviews_by_frequency() -> None:
    expected = words_of(learnt(max(LEARNT)), mentions=1)
    assert VOCABULARY.read_text(encoding="utf-8").split() == expected


@pytest.mark.parametrize("version", [1, 2])
def test_every_version_of_complaints_numbers_the_words_that_it_learnt_from(version: int) -> None:
    expected = words_of(learnt(version), mentions=MENTIONS)
    assert VOCABULARIES[version].read_text(encoding="utf-8").split() == expected


def test_every_table_names_its_source() -> None:
    sources = (DATA / "README.md").read_text(encoding="utf-8")
    tables = [path.name for path in DATA.glob("*.csv")]
    assert tables
    assert [name for name in tables if f"`{name}`" not in sources] == []
