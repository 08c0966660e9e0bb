"""What in a Dockerfile the engine's classic builder cannot do, so that BuildKit has to."""

from __future__ import annotations

import re
from collections.abc import Iterator

_DIRECTIVE = re.compile(r"#\s*(\w+)\s*=\s*(\S+)")
_INSTRUCTION = re.compile(r"\s*(RUN|COPY|ADD|FROM)\s+(.*)", re.IGNORECASE | re.DOTALL)
_OPTION = re.compile(r"--([a-z-]+)(?:=(\S*))?\s+")
_CLASSIC = frozenset({"from", "chown", "platform"})
# `<<EOF`, `<<-EOF`, `<<"EOF"`; `<<<` is the shell's and needs no help.
_HEREDOC = re.compile(r"(?<!<)<<-?[\"']?[A-Za-z_]\w*")


def buildkit_reason(text: str) -> str:
    """What of a Dockerfile needs BuildKit, "" if nothing does.

    The classic builder takes `# syntax=` for a comment, knows no heredocs, and of the options of
    RUN, COPY, ADD and FROM only `--from`, `--chown` and `--platform` with a value of its own.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    directives = dict(_directives(lines))
    if syntax := directives.get("syntax"):
        return f"# syntax={syntax}"
    for instruction in _instructions(lines, directives.get("escape", "\\")):
        if reason := _reason(instruction):
            return reason
    return ""


def _directives(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Those at the very top: the first line that is none ends them."""
    for line in lines:
        match = _DIRECTIVE.match(line)
        if match is None:
            return
        yield match[1].lower(), match[2]


def _instructions(lines: list[str], escape: str) -> Iterator[str]:
    """Each with its continuations on one line; comments may stand among them."""
    begun = ""
    for line in lines:
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if stripped.endswith(escape):
            begun += f"{stripped.removesuffix(escape)} "
        else:
            yield begun + stripped
            begun = ""
    yield begun


def _reason(instruction: str) -> str:
    match = _INSTRUCTION.match(instruction)
    if match is None:
        return ""
    name, rest = match[1].upper(), match[2]
    while option := _OPTION.match(rest):
        computed = option[1] == "platform" and "$" in (option[2] or "")
        if option[1] not in _CLASSIC or computed:
            return f"{name} --{option[1]}"
        rest = rest[option.end() :]
    heredoc = None if name == "FROM" else _HEREDOC.search(rest)
    return f"{name} {heredoc[0]}" if heredoc else ""
