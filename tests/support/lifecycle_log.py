"""Logs of model servers made comparable: what of a line is the server's, and not of one run.

Times, thread ids, ports and folders differ from run to run. TensorFlow's own lines name other
files and lines in another release, and describe the machine before they speak of a model. A line
that a poll repeats is one line: how often it comes is a matter of time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

_PREFIX = re.compile(
    r"(?:\d{4}-\d\d-\d\d [\d:.]+: )?(?P<severity>[IWEF])(?:\d{4} [\d:.]+ +\d+)? "
    r"(?P<file>[^\s:]+):(?P<line>\d+)\] ?(?P<message>.*)"
)
_STRAY = re.compile(r"\d{4}-\d\d-\d\d [\d:.]+: [IWEF] ")
_BARE = re.compile(r"unknown argument: |usage: |Failed to start server|exit \d+|TensorFlow \w+: ")
# What describes the machine, and what another release of TensorFlow does not say any more.
_LEFT_OUT = (
    "port.cc",
    "cpu_feature_guard.cc",
    "mlir_graph_optimization_pass.cc",
    "local_rendezvous.cc",
)
_NOISE = re.compile(
    r"WARNING: All log messages before absl|To enable the following |\[evhttp_server|---|$"
)
_OF_THE_RUN = (
    (re.compile(r"Took \d+ microseconds"), "Took N microseconds"),
    (re.compile(r"(?<=Elapsed time \(microseconds\): )\d+"), "N"),
    (re.compile(r"(?<=:)\d{4,5}(?= \.\.\.$)"), "PORT"),
    (re.compile(r"(?<=localhost:)\d+$"), "PORT"),
    (re.compile(r"\d[\d.]*\.\d(?=:PORT)"), "HOST"),
    (re.compile(r"__inference__traced_restore_\d+"), "__inference__traced_restore_N"),
)
_TENSORFLOW = frozenset(["reader.cc", "loader.cc", "op_kernel.cc", "local_rendezvous.cc"])
_FOUND = re.compile(r"[WE] file_system_storage_path_source\.cc")
_POLLED = re.compile(r"I server_core\.cc|E text_format\.cc|E server\.cc:1[67]")
_SERVABLE = re.compile(r"\{name: .*? version: -?\d+\}|\S+(?=/assets\.extra/)")


@dataclass(frozen=True, slots=True)
class Line:
    """One record of a log: `I basic_manager.cc:786`, empty for what is printed; and the text."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}] {self.text}" if self.place else self.text

    @property
    def of_tensorflow(self) -> bool:
        """Whether TensorFlow's loader says it, and not TF Serving."""
        return self.place[2:] in _TENSORFLOW

    @property
    def of_the_model(self) -> bool:
        """Whether it depends on how the model is made: its variables, its size."""
        return self.of_tensorflow or "simple_loader.h" in self.place


def read_lines(log: str) -> list[Line]:
    """The records that tell what a server does, in their order, repeated polls left out."""
    return list(_without_repetitions(_records(log.split("\n"))))


def _records(lines: Iterable[str]) -> Iterator[Line]:
    current: Line | None = None
    for text in map(_out_of_usage, lines):
        begun = _begun(text)
        if begun is not None:
            if current is not None:
                yield current
            current = begun
        elif current is not None and not _NOISE.match(text) and not text.startswith("\t--"):
            current = Line(current.place, f"{current.text}\n{_neutral(text)}")
    if current is not None:
        yield current


def _out_of_usage(text: str) -> str:
    """The line on stderr that came in between while the usage was written to stdout."""
    stray = _STRAY.search(text) if text.startswith("\t--") else None
    return text[stray.start() :] if stray else text


def _begun(text: str) -> Line | None:
    match = _PREFIX.match(text)
    if match is None:
        return Line("", _neutral(text)) if _BARE.match(text) else None
    file = match["file"].rpartition("/")[2]
    own = "" if file in _TENSORFLOW else f":{match['line']}"
    return Line(f"{match['severity']} {file}{own}", _neutral(match["message"]))


def _neutral(text: str) -> str:
    for pattern, replacement in _OF_THE_RUN:
        text = pattern.sub(replacement, text)
    return text


def _without_repetitions(lines: Iterable[Line]) -> Iterator[Line]:
    told = _each_find_once(line for line in lines if not line.place[2:].startswith(_LEFT_OUT))
    for polled, group in groupby(told, lambda line: bool(_POLLED.match(line.place))):
        run = list(group)
        yield from dict.fromkeys(run) if polled else run


def _each_find_once(lines: Iterable[Line]) -> Iterator[Line]:
    """What a look at the base paths finds comes again with every look, wherever that falls."""
    found: set[Line] = set()
    for line in lines:
        if line not in found:
            yield line
        if _FOUND.match(line.place):
            found.add(line)


def by_servable(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """The lines about each version; versions that load side by side mix theirs as it happens."""
    sorted_out: dict[str, list[Line]] = {}
    for line in lines:
        if not line.of_tensorflow:
            found = _SERVABLE.search(line.text)
            sorted_out.setdefault(found.group() if found else "the server", []).append(line)
    return sorted_out
