"""C++'s hash tables list their keys in an order of their own; the expected ones are g++'s."""

from __future__ import annotations

from collections.abc import Iterable

from servegate.embedded.hash_table import HashTable

# Eight models, of which two had two versions, as a recorded server went through them.
RECORDED = ("two", "outputs", "nodefault", "my model", "hpt_latest", "hpt", "times", "dtypes")


def _filled(names: Iterable[str]) -> HashTable:
    table = HashTable()
    for name in names:
        table.add(name)
    return table


def test_models_stand_as_in_a_recorded_server() -> None:
    assert tuple(_filled(sorted([*RECORDED, "hpt", "times"]))) == RECORDED


def test_a_table_that_grows_is_put_into_another_order() -> None:
    table = _filled(f"model_{number}" for number in range(1, 17))
    before = "15 14 8 1 12 3 2 4 5 16 6 9 10 7 11 13"
    assert " ".join(name.removeprefix("model_") for name in table) == before
    table.remove("model_3")
    table.add("a")
    assert next(iter(table)) == "a"


def test_a_name_stays_as_long_as_a_version_has_it() -> None:
    table = _filled(["b", "a", "b"])
    table.remove("b")
    assert sorted(table) == ["a", "b"]
    table.remove("b")
    assert list(table) == ["a"]
