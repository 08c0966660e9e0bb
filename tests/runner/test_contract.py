"""What action.yml, the settings, the README and the example workflows say of one another."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from servegate.cli import action
from servegate.cli.parser import parser
from servegate.cli.setting_up import STARTED
from servegate.errors import WrongUse
from servegate.report import outputs
from tests.support.gaterun import PROJECT
from tests.support.reports import REJECTED
from tests.support.runner import outputs as written

ACTION: dict[str, Any] = yaml.safe_load((PROJECT / "action.yml").read_text("utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
README = (PROJECT / "README.md").read_text("utf-8")
WORKFLOWS = sorted((PROJECT / "examples" / "workflows").glob("*.yml"))
COMMANDS = action.OPTIONS.keys() - {"prefetch"}


def variable(name: str) -> str:
    return f"INPUT_{name.upper().replace('-', '_')}"


def environments() -> list[dict[str, str]]:
    return [step["env"] for step in STEPS if "INPUT_COMMAND" in step.get("env", {})]


def read_by_settings() -> set[str]:
    """The inputs that some command takes."""
    tables = (*action.OPTIONS.values(), *action.LISTS.values())
    named = {name for table in tables for name in table}
    return named | {"command", "reports", "shard-index", "shard-total"}


def table(title: str) -> dict[str, str]:
    """The first column of the table under a line of the README, and what the second holds."""
    text = README.partition(f"\n{title}\n\n")[2].partition("\n\n")[0]
    rows = [line.strip("| ").split(" | ") for line in text.splitlines()[2:]]
    return {row[0].strip("`"): row[1].strip("`") for row in rows}


def test_every_input_is_read_and_every_setting_is_an_input() -> None:
    assert read_by_settings() == ACTION["inputs"].keys()


def test_every_input_reaches_the_gate_by_its_own_variable() -> None:
    *_, gate = environments()
    assert gate == {
        **{variable(name): f"${{{{ inputs.{name} }}}}" for name in ACTION["inputs"]},
        STARTED: "${{ steps.clock.outputs.started }}",
    }
    for environment in environments():
        for name, value in environment.items():
            assert value in (gate.get(name), "prefetch") or name == "PYTHON"


def test_defaults_are_those_of_the_command_line() -> None:
    defaults = parser().parse_args(["gate"])
    same = {"output": "output", "fail-on": "fail_on", "jobs": "jobs", "base": "base"}
    for name, destination in same.items():
        assert ACTION["inputs"][name]["default"] == str(getattr(defaults, destination))
    # On a laptop there is no Docker; on a runner there is, and it is the real thing.
    assert ACTION["inputs"]["runtime"]["default"] == "docker"
    assert str(defaults.runtime) == "embedded"


@pytest.mark.parametrize("command", sorted(action.OPTIONS))
def test_every_option_exists(command: str) -> None:
    subparsers = next(
        one for one in parser()._actions if isinstance(one, argparse._SubParsersAction)
    )
    known = subparsers.choices[command]._option_string_actions
    wanted = {*action.OPTIONS[command].values(), *action.LISTS[command].values()}
    assert wanted <= known.keys()


def test_every_output_is_written_and_everything_written_is_an_output() -> None:
    text = outputs.render(REJECTED, junit="j", details="d", delimiter="eof")
    assert {*written(text), "matrix"} == ACTION["outputs"].keys()
    # Without an environment there is no gate to write it.
    installed = {"verdict": " || steps.install.outputs.verdict"}
    for name, one in ACTION["outputs"].items():
        assert one["value"] == f"${{{{ steps.servegate.outputs.{name}{installed.get(name, '')} }}}}"


def test_scripts_hold_no_expressions_and_actions_are_pinned() -> None:
    for step in STEPS:
        assert "${{" not in step.get("run", "")
        if "uses" in step:
            assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step["uses"])


def test_the_readme_names_every_input_with_its_default() -> None:
    told = table("The inputs:")
    assert told == {name: one["default"] for name, one in ACTION["inputs"].items()}


def test_the_readme_names_every_output() -> None:
    assert table("The outputs:").keys() == ACTION["outputs"].keys()


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda file: str(file.stem))
def test_example_workflows_use_what_there_is(workflow: Path) -> None:
    text = workflow.read_text("utf-8")
    found = yaml.safe_load(text)
    steps = [step for job in found["jobs"].values() for step in job["steps"]]
    ours = [step for step in steps if step.get("uses", "").startswith("OWNER/servegate@")]
    assert ours
    for step in ours:
        assert step.get("with", {}).keys() <= ACTION["inputs"].keys()
    assert all(re.search(r"@[0-9a-f]{40}$", step["uses"]) for step in steps if "uses" in step)
    assert found["permissions"] == {"contents": "read"}
    assert "pull_request_target:" not in text
    assert "paths:" not in re.sub(r"#.*", "", text)


def test_an_unknown_command_is_refused_with_the_near_miss() -> None:
    with pytest.raises(WrongUse, match="'gat'; did you mean 'gate'"):
        action.arguments_of({"INPUT_COMMAND": "gat"})


@pytest.mark.parametrize("name", ["shard-index", "shard-total"])
def test_half_a_shard_is_refused(name: str) -> None:
    with pytest.raises(WrongUse, match="set both"):
        action.arguments_of({variable(name): "2"})


def test_what_begins_with_a_dash_is_no_option() -> None:
    arguments = action.arguments_of({"INPUT_COMMAND": "merge", "INPUT_REPORTS": "--help\nb"})
    assert parser().parse_args(arguments).folders == [Path("--help"), Path("b")]
    gate = action.arguments_of({"INPUT_BASE": "--all", "INPUT_MODELS": "--all\n a \n"})
    options = parser().parse_args(gate)
    assert (options.base, options.models, options.everything) == ("--all", ["--all", "a"], False)
