"""The inputs of the GitHub Action, as arguments.

A composite action's inputs reach the environment only as action.yml maps them: `INPUT_BASE` and
so on, empty where the workflow says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from servegate.errors import Mistake, WrongUse
from servegate.wording import nearest

_SELECTION = {"config": "--config", "base": "--base"}
_VERDICT = {"output": "--output", "fail-on": "--fail-on"}
OPTIONS: Mapping[str, Mapping[str, str]] = {
    "gate": _SELECTION
    | _VERDICT
    | {"runtime": "--runtime", "serving-image": "--serving-image", "jobs": "--jobs"},
    "plan": _SELECTION | {"shard-total": "--shards"},
    "merge": _VERDICT,
    "prefetch": {"config": "--config", "serving-image": "--serving-image"},
}
"""The inputs that are options of each command; what else a workflow sets is not for it.

`prefetch` is not for workflows: it is what action.yml runs first.
"""

LISTS: Mapping[str, Mapping[str, str]] = {
    "gate": {"models": "--model", "allow-unsafe-events": "--allow-unsafe-event"},
    "plan": {"models": "--model"},
    "merge": {},
    "prefetch": {},
}
"""The inputs with one value a line."""


def arguments_of(environment: Mapping[str, str]) -> list[str]:
    """The arguments that the inputs stand for. Raises `WrongUse`."""
    command = _input(environment, "command") or "gate"
    if command not in OPTIONS:
        meant = nearest(command, OPTIONS)
        raise WrongUse([Mistake(message=f"there is no command {command!r}{meant}")])
    return [command, *_arguments(environment, command)]


def _arguments(environment: Mapping[str, str], command: str) -> Iterator[str]:
    for name, option in OPTIONS[command].items():
        if value := _input(environment, name):
            yield f"{option}={value}"
    for name, option in LISTS[command].items():
        for value in _lines(environment, name):
            yield f"{option}={value}"
    if command == "gate":
        yield from _shard(environment)
    if command == "merge":
        yield "--"
        yield from _lines(environment, "reports")


def _shard(environment: Mapping[str, str]) -> Iterator[str]:
    index, total = _input(environment, "shard-index"), _input(environment, "shard-total")
    if index and total:
        yield f"--shard={index}/{total}"
    elif index or total:
        raise WrongUse(
            [Mistake(message="the inputs shard-index and shard-total belong together; set both")]
        )


def _input(environment: Mapping[str, str], name: str) -> str:
    """The value of an input; no shell drops a variable with underscores, as some do with dashes."""
    return environment.get(f"INPUT_{name.upper().replace('-', '_')}", "").strip()


def _lines(environment: Mapping[str, str], name: str) -> Iterator[str]:
    return (line.strip() for line in _input(environment, name).splitlines() if line.strip())
