"""A check's id, page, code, tests and mutants are found from one another by name."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.generate import generated
from servegate.checks import SECTIONS, Check
from servegate.cli.registry import all_checks
from tests.conftest import PROJECT
from tests.support.mutants import all_mutants, all_twins, checks_with_mutants, mutants_file

_CODE = ("servegate", "validators", "sample_models")
_LONGEST = 60
_LONG = 30
_FEW_ARE_LONG = 0.03

by_check = pytest.mark.parametrize("check", all_checks(), ids=lambda check: check.id)


def _module(check: Check) -> str:
    return check.id.partition("/")[2].replace("-", "_")


def _test_file(check: Check) -> Path:
    return PROJECT / "tests" / "validators" / check.validator / f"test_{_module(check)}.py"


@by_check
def test_code_stands_where_the_id_says(check: Check) -> None:
    file = PROJECT / "validators" / check.validator / f"{_module(check)}.py"

    assert Path(inspect.getfile(check.function)) == file
    assert check.function.__name__ == _module(check)


@by_check
def test_check_has_its_page(check: Check) -> None:
    page = (PROJECT / "docs" / "checks.md").read_text("utf-8")

    assert page.count(f"\n### {check.id}\n\n{check.title}") == 1


@by_check
def test_docstring_has_the_three_sections_in_order(check: Check) -> None:
    headings = [
        line[:-1] for line in check.page.splitlines() if line.endswith(":") and line[0] != " "
    ]

    assert tuple(headings) == SECTIONS
    assert check.title
    assert check.page.partition("\n")[0].endswith(".")


@by_check
def test_check_has_tests_that_use_it(check: Check) -> None:
    text = _test_file(check).read_text("utf-8")

    assert f"from validators.{check.validator}.{_module(check)} import" in text
    assert "\ndef test_" in text


@by_check
def test_every_claim_has_a_mutant_and_a_twin(check: Check) -> None:
    assert mutants_file(check.id).is_file()
    mutants = {one.fault for one in all_mutants() if one.check == check.id}
    twins = {one.fault for one in all_twins() if one.check == check.id}

    assert check.claims
    assert mutants == twins == set(check.claims)


def test_nothing_is_left_over() -> None:
    ids = {check.id for check in all_checks()}
    tests = {file.resolve() for file in (PROJECT / "tests" / "validators").rglob("test_*.py")}

    assert checks_with_mutants() == ids
    assert tests == {_test_file(check) for check in all_checks()}


@pytest.mark.parametrize("file", generated(), ids=lambda file: file.name)
def test_generated_documents_are_up_to_date(file: Path) -> None:
    assert file.read_text("utf-8") == generated()[file], "run make docs"


def _lengths() -> Iterator[tuple[int, str]]:
    """The lines of every function, from its `def` to its end; decorators are not its body."""
    for folder in _CODE:
        for file in sorted((PROJECT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_bytes())):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    assert node.end_lineno is not None
                    yield node.end_lineno - node.lineno + 1, f"{file}:{node.lineno} {node.name}"


def test_functions_are_short() -> None:
    lengths = tuple(_lengths())
    long = [name for lines, name in lengths if lines > _LONG]

    assert [name for lines, name in lengths if lines > _LONGEST] == []
    assert len(long) < _FEW_ARE_LONG * len(lengths), "\n".join(long)
