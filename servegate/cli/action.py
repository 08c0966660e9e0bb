"""The inputs of the GitHub Action, as arguments.

A composite action's inputs reach the environment only as action.yml maps them: `INPUT_BASE` and
so on, empty where the workflow says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

_OPTIONS = {
    "INPUT_CONFIG": "--config",
    "INPUT_BASE": "--base",
    "INPUT_RUNTIME": "--runtime",
    "INPUT_OUTPUT": "--output",
    "INPUT_FAIL_ON": "--fail-on",
    "INPUT_JOBS": "--jobs",
}
_MODELS = "INPUT_MODELS"


def gate_arguments(environment: Mapping[str, str]) -> list[str]:
    """The arguments of `gate` that the inputs stand for."""
    return list(_arguments(environment))


def _arguments(environment: Mapping[str, str]) -> Iterator[str]:
    for variable, option in _OPTIONS.items():
        value = environment.get(variable, "").strip()
        if value:
            yield f"{option}={value}"
    for name in environment.get(_MODELS, "").splitlines():
        if name.strip():
            yield f"--model={name.strip()}"
