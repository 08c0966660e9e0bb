"""Requests to a model server, found in text: addresses of the REST API, and model specs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from servegate.tfserving.versions import Version, parse_version

# What follows a name or number that is complete: `prices_{env}` and `versions/1{n}` are put
# together at run time.
_COMPLETE = r"(?![\w~{}$%<+\\-]|\.[\w{$%<])"
_ADDRESS = re.compile(
    r"/v1/models/(?P<model>\w(?:[\w.~-]{0,200}?\w)?)"
    rf"(?:/versions/(?P<version>[0-9]{{1,19}})|/labels/(?P<label>[\w.-]*\w))?{_COMPLETE}"
    r"(?P<verb>:(?:predict|classify|regress)\b)?",
    re.ASCII,
)
_SPEC = re.compile(r"model_?spec", re.IGNORECASE)
_NAME = re.compile(r"""\bname["']?\s*[:=]\s*["'](?P<name>[\w.~-]+)["']""", re.ASCII)
# `version.value = 1`, `"version": {"value": "1"}`, `version { value: 1 }`, `version=Int64Value(
# value=1)`, `"version": 1`.
_VERSION = re.compile(
    r"""\bversion["']?\s*(?:\.\s*value\s*=(?!=)|[:=]?\s*\{\s*["']?value["']?\s*[:=]"""
    r"""|[:=]\s*[\w.]*Int64Value\s*\(\s*(?:value\s*=)?|[:=])\s*["']?(?P<version>[0-9]{1,19})\b""",
    re.ASCII,
)
_LABEL = re.compile(r"""\bversion_?label["']?\s*[:=]\s*["'](?P<label>[\w.-]+)["']""", re.IGNORECASE)
# The name of a model and its version stand in one message, or in lines that follow one another.
_NEAR = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """What is asked for; `line` counts from 1. `asks`: an address that something is posted to."""

    line: int
    model: str
    version: Version | None = None
    label: str | None = None
    asks: bool = True


def mentions(text: str) -> Iterator[Mention]:
    """Every request that the text holds as a whole."""
    for match in _ADDRESS.finditer(text):
        yield Mention(
            line=text.count("\n", 0, match.start()) + 1,
            model=match["model"],
            version=parse_version(match["version"] or ""),
            label=match["label"],
            asks=match["verb"] is not None,
        )
    if _SPEC.search(text):
        yield from _specs(text)


def _specs(text: str) -> Iterator[Mention]:
    for pattern in (_VERSION, _LABEL):
        for match in pattern.finditer(text):
            name = _named(text, match.start(), match.end())
            if name is None:
                continue
            found = match.groupdict()
            yield Mention(
                line=text.count("\n", 0, match.start()) + 1,
                model=name,
                version=parse_version(found.get("version") or ""),
                label=found.get("label"),
            )


def _named(text: str, start: int, end: int) -> str | None:
    """The model of the spec that a version stands in: named before it, or else right after it."""
    before, after = text[max(0, start - _NEAR) : start], text[end : end + _NEAR]
    spec = _SPEC.search(before)
    if spec is None:
        return None
    names = [*_NAME.finditer(before, spec.start())] or [*_NAME.finditer(after)][:1]
    return names[-1]["name"] if names else None
