"""What is wrong with the flags of a model server, and what comes of it in production.

Source: `model_servers/main.cc` and `server.cc`, TF's `command_line_flags.cc`, and a recorded
TF Serving 2.20.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from servegate.tfserving.flags import FLAGS_BY_NAME, FlagType, ParsedFlags, parse_flags

POLL = "file_system_poll_wait_seconds"
CONFIG_POLL = "model_config_file_poll_wait_seconds"

# "enable_bacthing" is surely a slip of the pen; a name that resembles none may be another
# server's: builds of one's own, and releases before and after 2.20.
_SURELY_MEANT = 0.85

_OF_ONE_MODEL = ("model_name", "model_base_path")
_PARALLELISM = (
    "tensorflow_session_parallelism",
    "tensorflow_intra_op_parallelism",
    "tensorflow_inter_op_parallelism",
)


class Consequence(Enum):
    """What a mistake in the flags leads to, in a sentence for production; worst first."""

    NO_START = "the server does not start"
    NO_LOAD = "the server never looks for versions: it loads none and never opens its ports"
    LOOKS_ONCE = (
        "the server looks for versions when it starts and never again: it goes on answering from "
        "the ones that it found then"
    )
    NO_REST = "the server starts without its REST API"
    MISSPELT = "the server prints its usage, starts all the same, and goes on without it"
    UNKNOWN = "a TF Serving 2.20 prints its usage, starts all the same, and goes on without it"
    IGNORED = "the server ignores it"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagProblem:
    """One mistake. `argument` is the flag that has to change, as it was written."""

    argument: str
    consequence: Consequence
    what: str
    remedy: str


def flag_problems(arguments: Sequence[str], *, config_file: bool) -> tuple[FlagProblem, ...]:
    """Every mistake in the arguments; `config_file`: production is started with a models.config."""
    found = [
        *(problem for one in arguments for problem in _of_one(one)),
        *_repeated(arguments),
        *_together(_Written(arguments), config_file=config_file),
    ]
    order = list(Consequence)
    return tuple(sorted(found, key=lambda one: order.index(one.consequence)))


def hopeless(arguments: Sequence[str]) -> FlagProblem | None:
    """The mistake for which a server with these flags never has a version; None without one."""
    fatal = (Consequence.NO_START, Consequence.NO_LOAD)
    problems = flag_problems(arguments, config_file=True)
    return next((one for one in problems if one.consequence in fatal), None)


class _Written:
    """The flags as a whole, with the argument that set each: the last one."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self.values = parse_flags(arguments)
        self._by_name = {_name(one): one for one in arguments}

    def argument(self, name: str) -> str:
        """What sets a flag; its default where nothing does."""
        return self._by_name.get(name, f"--{name}={FLAGS_BY_NAME[name].default}")


def _name(argument: str) -> str:
    return argument.removeprefix("--").partition("=")[0]


def _of_one(argument: str) -> Iterator[FlagProblem]:
    parsed = parse_flags([argument])
    if parsed.unknown:
        yield _unknown(argument)
    if parsed.mistakes:
        flag = FLAGS_BY_NAME[_name(argument)]
        yield FlagProblem(
            argument=argument,
            consequence=Consequence.NO_START,
            what=f"{argument} has a value that TF Serving cannot read as {_described(flag.type)}",
            remedy=f"Write a value such as --{flag.name}={flag.default}.",
        )
    if parsed.help or parsed.enabled("version"):
        yield FlagProblem(
            argument=argument,
            consequence=Consequence.NO_START,
            what=f"{argument} has the server print something and end",
            remedy="Take it out of production's flags.",
        )


def _described(kind: FlagType) -> str:
    return "true or false" if kind is FlagType.BOOL else f"{kind}"


def _unknown(argument: str) -> FlagProblem:
    meant = _meant(argument)
    return FlagProblem(
        argument=argument,
        consequence=Consequence.MISSPELT if meant else Consequence.UNKNOWN,
        what=f"{argument} is no flag of TF Serving" + (f", {meant} is" if meant else ""),
        remedy=f"Write {meant}." if meant else "Correct its name, or take it out.",
    )


def _meant(argument: str) -> str:
    """The flag that was surely meant, empty where there is no telling."""
    written, equals, value = argument.removeprefix("--").partition("=")
    if not equals:
        written, _, value = written.partition(" ")
    name = written.strip().replace("-", "_")
    positive = name.removeprefix("no").removeprefix("_")
    switched = FLAGS_BY_NAME.get(positive)
    if name != positive and switched is not None and switched.type is FlagType.BOOL:
        return f"--{positive}=false"
    near = difflib.get_close_matches(name, FLAGS_BY_NAME, n=1, cutoff=_SURELY_MEANT)
    if not near:
        return ""
    return f"--{near[0]}={value.strip() or FLAGS_BY_NAME[near[0]].default}"


def _repeated(arguments: Iterable[str]) -> Iterator[FlagProblem]:
    by_name: dict[str, list[str]] = defaultdict(list)
    for argument in arguments:
        if _name(argument) in FLAGS_BY_NAME:
            by_name[_name(argument)].append(argument)
    for same in by_name.values():
        for earlier in dict.fromkeys(one for one in same[:-1] if one != same[-1]):
            yield FlagProblem(
                argument=earlier,
                consequence=Consequence.IGNORED,
                what=f"{earlier} is followed by {same[-1]}, which holds",
                remedy=f"Keep one of {earlier} and {same[-1]}.",
            )


def _together(written: _Written, *, config_file: bool) -> Iterator[FlagProblem]:
    flags = written.values
    yield from _polling(written)
    if not flags.text("platform_config_file"):
        yield from _of_sessions(written)
    if flags.number("port") == flags.number("rest_api_port") != 0:
        argument = written.argument("rest_api_port")
        yield FlagProblem(
            argument=argument,
            consequence=Consequence.NO_REST,
            what=f"{argument} is the port of the gRPC API too",
            remedy="Give the two APIs different ports.",
        )
    for name in _OF_ONE_MODEL if config_file or flags.text("model_config_file") else ():
        if name in flags.given:
            yield FlagProblem(
                argument=written.argument(name),
                consequence=Consequence.IGNORED,
                what=f"{written.argument(name)} stands beside a models.config, which alone counts",
                remedy="Take the flag out.",
            )


def _polling(written: _Written) -> Iterator[FlagProblem]:
    seconds = written.values.number(POLL)
    if seconds <= 0:
        yield FlagProblem(
            argument=written.argument(POLL),
            consequence=Consequence.LOOKS_ONCE if seconds == 0 else Consequence.NO_LOAD,
            what=f"{written.argument(POLL)} switches polling off",
            remedy=f"Write a positive number of seconds (--{POLL}=1 is the default).",
        )


def _of_sessions(written: _Written) -> Iterator[FlagProblem]:
    flags = written.values
    if not flags.enabled("enable_batching"):
        yield from _batching_parameters(written)
    if all(flags.number(name) > 0 for name in _PARALLELISM):
        yield FlagProblem(
            argument=written.argument(_PARALLELISM[0]),
            consequence=Consequence.NO_START,
            what=f"{written.argument(_PARALLELISM[0])} stands beside flags that say the same for "
            "threads within and between operations, which TF Serving refuses",
            remedy=f"Take out --{_PARALLELISM[0]}, or both of the others.",
        )


def _batching_parameters(written: _Written) -> Iterator[FlagProblem]:
    for name, consequence in (
        ("batching_parameters_file", Consequence.NO_START),
        ("enable_per_model_batching_parameters", Consequence.IGNORED),
    ):
        if _is_set(written.values, name):
            yield FlagProblem(
                argument=written.argument(name),
                consequence=consequence,
                what=f"{written.argument(name)} is set without --enable_batching=true",
                remedy=f"Add --enable_batching=true, or take out --{name}.",
            )


def _is_set(flags: ParsedFlags, name: str) -> bool:
    return name in flags.given and bool(flags.values[name])
