"""The rules by which GitHub's runner finds commands in a log and outputs in a file.

After `ActionCommand.cs`, `ActionCommandManager.cs` and `FileCommandManager.cs` of actions/runner.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

KNOWN = frozenset({
    "add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "notice",
    "remove-matcher", "save-state", "set-env", "set-output", "stop-commands", "warning",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    name: str
    properties: dict[str, str]
    data: str


def obeyed(log: str) -> tuple[Command, ...]:
    """What the runner would do on reading this."""
    return tuple(_obeyed(log))


def _obeyed(log: str) -> Iterator[Command]:
    token = ""
    for line in re.split(r"\r\n|\r|\n", log):
        known = KNOWN | {token.casefold()}
        command = _command(line, known) or _legacy(line, known)
        if command is None or (token and command.name.casefold() != token.casefold()):
            continue
        if command.name == "stop-commands":
            token = command.data
        elif token:
            token = ""
        else:
            yield command


def without_ignorable(line: str) -> str:
    """.NET compares by culture, for which characters without width are not there."""
    return "".join(
        one
        for one in line
        if one.isspace()
        or not (unicodedata.category(one) in {"Cc", "Cf", "Cs"} or "\ufe00" <= one <= "\ufe0f")
    )


def _command(line: str, known: frozenset[str]) -> Command | None:
    line = without_ignorable(line).lstrip()
    end = line.find("::", 2)
    if not line.startswith("::") or end < 0:
        return None
    name, _, listed = line[2:end].partition(" ")
    if name.casefold() not in known:
        return None
    pairs = [part.partition("=") for part in listed.strip().split(",") if "=" in part]
    return Command(
        name=name.casefold(),
        properties={key: _undone(value, {"%3A": ":", "%2C": ","}) for key, _, value in pairs},
        data=_undone(line[end + 2 :], {}),
    )


def _legacy(line: str, known: frozenset[str]) -> Command | None:
    line = without_ignorable(line)
    begin = line.find("##[")
    end = line.find("]", begin)
    if begin < 0 or end < 0:
        return None
    name = line[begin + 3 : end].partition(" ")[0]
    if name.casefold() not in known:
        return None
    return Command(name=name.casefold(), properties={}, data=line[end + 1 :])


def _undone(text: str, more: dict[str, str]) -> str:
    for escaped, meant in {"%0D": "\r", "%0A": "\n", **more, "%25": "%"}.items():
        text = text.replace(escaped, meant)
    return text


def outputs(text: str) -> dict[str, str]:
    """What a step's outputs are after this was written to `GITHUB_OUTPUT`.

    Raises `ValueError` where the runner fails the step.
    """
    found: dict[str, str] = {}
    lines = iter(text.split("\n"))
    for line in lines:
        if not line:
            continue
        heredoc = line.find("<<")
        equals = line.find("=")
        if heredoc < 0 and equals < 0:
            raise ValueError(f"Invalid format {line!r}")
        if heredoc < 0 or 0 <= equals < heredoc:
            name, _, found_value = line.partition("=")
            found[name] = found_value
            continue
        delimiter = line[heredoc + 2 :]
        value = []
        for inner in lines:
            if inner == delimiter:
                break
            value.append(inner)
        else:
            raise ValueError(f"Matching delimiter not found {delimiter!r}")
        found[line[:heredoc]] = "\n".join(value)
    return found
