"""Generates what can be generated: `python -m docs.generate [--check]`.

`docs/checks.md` from the checks' docstrings and from what they said of mutants (`docs.messages`),
`docs/servegate.schema.json` from the configuration's classes. With `--check` nothing is written;
the exit code says whether the files are up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from inspect import cleandoc
from itertools import groupby
from pathlib import Path

import validators
from docs.messages import messages
from servegate.checks import Check
from servegate.config.json_schema import json_schema_text
from servegate.engine.registry import find_checks

FOLDER = Path(__file__).resolve().parent

_INTRODUCTION = """\
# The checks

Every check has an id, a severity, and the faults that it is there to catch (their numbers are the
project's own list). A failed *blocking* check rejects the change; a failed *advisory* one informs.
Single findings may be advisory where the check as such blocks: the text says when.

`python entrypoint.py checks ID` shows one of these pages. Another severity for one model, with a
reason: `models[].checks` in `servegate.yml`; one intended failure: `accept:`.

This page is generated from the checks themselves. What they say is what they said of a pull request
with such a fault, to the letter.
"""


def checks_page(checks: Sequence[Check]) -> str:
    """`docs/checks.md`."""
    return "\n".join([_INTRODUCTION, *_index(checks), *_pages(checks)]).rstrip() + "\n"


def _index(checks: Sequence[Check]) -> Iterator[str]:
    yield "| check | severity | faults |"
    yield "|---|---|---|"
    for check in checks:
        anchor = check.id.replace("/", "").replace(" ", "-")
        yield f"| [{check.id}](#{anchor}) | {check.severity} | {' '.join(check.claims)} |"
    yield ""


def _pages(checks: Sequence[Check]) -> Iterator[str]:
    for validator, group in groupby(checks, key=lambda check: check.validator):
        yield f"## {validator}\n"
        for check in group:
            yield f"### {check.id}\n"
            yield from _sections(check.page)
            yield from _said(check)


def _sections(page: str) -> Iterator[str]:
    title, _, body = page.partition("\n")
    yield f"{title}\n"
    for block in body.strip().split("\n\n"):
        heading, _, text = block.partition(":\n")
        yield f"**{heading.strip()}.** {' '.join(cleandoc(text).split())}\n"


def _said(check: Check) -> Iterator[str]:
    if text := messages().get(check.id):
        yield f"**What it says.**\n\n```text\n{text}\n```\n"


def generated() -> dict[Path, str]:
    """The content of every generated file."""
    return {
        FOLDER / "checks.md": checks_page(find_checks(validators)),
        FOLDER / "servegate.schema.json": json_schema_text(),
    }


def main(arguments: Sequence[str]) -> int:
    """Writes the files, or says which are out of date."""
    stale = {
        path: text
        for path, text in generated().items()
        if not path.is_file() or path.read_text("utf-8") != text
    }
    for path, text in stale.items():
        if "--check" in arguments:
            sys.stderr.write(f"{path.name} is out of date: run make docs\n")
        else:
            path.write_text(text, "utf-8")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
