"""The data that the models are trained on: figures of public sources, and sentences of our own.

`data/README.md` names the sources.
"""

from __future__ import annotations

import csv
from pathlib import Path

DATA = Path(__file__).resolve().parent / "data"

Row = dict[str, str]
"""One row by column name; a missing figure is an empty string."""


def read_table(name: str) -> tuple[Row, ...]:
    """The rows of `data/<name>.csv`, in the order of the file."""
    with (DATA / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return tuple(csv.DictReader(file))


def without_gaps(rows: tuple[Row, ...], columns: tuple[str, ...]) -> tuple[Row, ...]:
    """The rows in which none of these columns is missing."""
    return tuple(row for row in rows if all(row[column] for column in columns))


def figures(rows: tuple[Row, ...], columns: tuple[str, ...]) -> list[list[float]]:
    """One list of numbers for each row, in the order of `columns`."""
    return [[float(row[column]) for column in columns] for row in rows]
