"""Teams with preprocessing of their own: callables, and examples."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks.detection.change import Change, Tree
from benchmarks.detection.fit import DoesNotFit

Json = dict[str, Any]

EXAMPLES = "data/examples.jsonl"
TRAINING = "training/features.py"
CLIENT = "client/request.py"

SAME = "from training.features import encode as build\n"
"""The client that uses training's own function."""


def equip(change: Change, *, training: str, raws: Iterable[object], client: str = SAME) -> None:
    """Gives both sides a team with this preprocessing; `client` is what the head's client does.

    Raises `DoesNotFit` where the team has preprocessing already.
    """
    if change.model_settings().get("preprocessing"):
        raise DoesNotFit("the team has preprocessing of its own")
    for tree, sends in ((change.base, SAME), (change.head, client)):
        tree.write(TRAINING, training)
        tree.write(CLIENT, sends)
        write_examples(tree, ({"raw": one} for one in raws))
    change.configure_model(
        *change.trees,
        examples=EXAMPLES,
        preprocessing={"training": _callable(TRAINING, "encode"), "serving": client_name()},
    )


def client_name() -> str:
    """How `servegate.yml` names the client that `equip` writes."""
    return _callable(CLIENT, "build")


def _callable(file: str, function: str) -> str:
    return f"{file.removesuffix('.py').replace('/', '.')}:{function}"


def examples(tree: Tree, change: Change) -> list[Json]:
    """The team's examples; none where it has none."""
    named = change.model_settings(tree).get("examples")
    if not named or not (tree.path / named).is_file():
        return []
    return [json.loads(line) for line in (tree.path / named).read_text("utf-8").splitlines()]


def write_examples(tree: Tree, lines: Iterable[Json], file: str = EXAMPLES) -> None:
    """Writes examples, one a line."""
    tree.write(file, "".join(f"{json.dumps(one)}\n" for one in lines))


_WITH_INPUT = '''

_without_{name} = {function}


def {function}(raw):
    """What was sent before, and `{name}`."""
    made = _without_{name}(raw)
    return {{**made, "{name}": raw["{name}"]}} if "{name}" in raw else made
'''


def send_too(change: Change, name: str, values: Sequence[object], *trees: Tree) -> None:
    """Has the team's examples and callables hold one input more.

    In the head unless trees are given. What was recorded of answers is taken out.
    """
    for tree in trees or (change.head,):
        settings = change.model_settings(tree)
        lines = examples(tree, change)
        for line, value in zip(lines, itertools.cycle(values), strict=False):
            for part in ("raw", "inputs"):
                if part in line:
                    line[part][name] = value
            line.pop("outputs", None)
            line.pop("for_version", None)
        if lines:
            write_examples(tree, lines, settings["examples"])
        for called in (settings.get("preprocessing") or {}).values():
            module, _, function = called.partition(":")
            file = tree.file(f"{module.replace('.', '/')}.py")
            added = _WITH_INPUT.format(name=name, function=function)
            file.write_text(file.read_text("utf-8") + added, "utf-8")
