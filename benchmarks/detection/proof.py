"""The bench doubts itself: does a mutant differ where it says, and behave as it claims?"""

from __future__ import annotations

import filecmp
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.detection.change import CONFIGURATION, Change
from benchmarks.detection.feeding import skewed
from benchmarks.detection.origin import Origin
from benchmarks.detection.registry import Effect, Part, Variant
from servegate.comparison import difference, noise
from servegate.deadline import Deadline, DeadlineExceeded
from servegate.evidence.asking import Interview
from servegate.evidence.staging import only, stage
from servegate.facts.probes import Probe, Reply
from servegate.facts.serving import Launch, LoadFailed, ServedModel, ServerFailed, Tensors
from servegate.serving.embedded import EmbeddedRuntime
from servegate.tfserving.versions import Version, parse_version

_SECONDS = 60.0
_MODEL = "model"
_FED = {Effect.FED_AS_TRAINED: False, Effect.FED_OTHERWISE: True}


class Unproven(Exception):
    """A mutant is not what it claims to be: a mistake in the bench."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the candidate did when it was served by itself: two answers to each probe."""

    failure: str = ""
    first: tuple[Reply, ...] = ()
    second: tuple[Reply, ...] = ()


def prove_difference(change: Change, before: Change, variant: Variant) -> None:
    """Raises `Unproven` unless the change differs in what it names, and there alone.

    `before` is the same change as it was when the variant was given it.
    """
    origin = change.origin
    differing = set(_differing(change, before))
    if change.outside_git or change.after_checkout:
        differing.add(Part.DEPLOYMENT)
    wanted = variant.changes
    if differing - wanted or bool(differing) != bool(wanted):
        raise Unproven(
            f"{variant.name} on {origin.name} says that it changes {sorted(wanted)}, "
            f"and changes {sorted(differing)}"
        )


def prove_effect(change: Change, healthy: Measured, variant: Variant, folder: Path) -> None:
    """Raises `Unproven` unless the candidate behaves as the variant claims.

    It is asked what the healthy candidate was asked.
    """
    effect = variant.effect
    if effect is Effect.ELSEWHERE:
        return
    if effect in _FED:
        if skewed(change.head.path, change.model_settings()) is not _FED[effect]:
            raise Unproven(f"{variant.name} on {change.origin.name}: not so: {effect.value}")
        return
    served = parse_version(change.new.name) is not None and change.new.is_dir()
    if effect is Effect.NOT_SERVED:
        if served and (change.new / "saved_model.pb").exists():
            raise Unproven(f"{variant.name}: {change.new.name} would be served")
        return
    measured = measure(change.new, [one.probe for one in healthy.first], folder)
    if not healthy.first and effect is not Effect.DOES_NOT_LOAD:
        return  # nothing is known that the healthy candidate would answer
    if (seen := _contradiction(effect, healthy.first, measured)) is not None:
        raise Unproven(f"{variant.name} on {change.origin.name}: {effect.value}; but {seen}")


def measure(candidate: Path, probes: Sequence[Probe], folder: Path) -> Measured:
    """Serves one version directory by itself and asks everything twice."""
    folder.mkdir(parents=True)
    version = Version(1)
    base_path = stage(folder / "served", {"1": candidate})
    model = ServedModel(name=_MODEL, base_path=base_path, policy=only(version))
    deadline = Deadline.after(_SECONDS)
    server = EmbeddedRuntime(workspace=folder).start(Launch(models=(model,)), deadline)
    try:
        server.await_version(_MODEL, version, deadline)
        interview = Interview(
            server=server, model=_MODEL, version=version, deadline=deadline, seconds=_SECONDS
        )
        first, second = (
            tuple(reply for probe in probes for reply in interview.ask([probe])) for _ in range(2)
        )
        return Measured(first=first, second=second)
    except DeadlineExceeded as late:
        return Measured(failure=f"not in time: {late}")
    except (LoadFailed, ServerFailed) as failed:
        return Measured(failure=failed.reason)
    finally:
        server.stop()


def _contradiction(effect: Effect, healthy: Sequence[Reply], measured: Measured) -> str | None:
    """What was seen that the effect denies, None when all agrees."""
    if effect is Effect.DOES_NOT_LOAD:
        return None if measured.failure else "it loads"
    if measured.failure:
        return f"it does not load: {measured.failure}"
    refused = [one for one in measured.first if not one.answered]
    if effect is Effect.REFUSES:
        return None if len(refused) == len(measured.first) else "it answers"
    if effect is Effect.REFUSES_SOME:
        return None if refused else "it answers everything"
    if len(refused) == len(measured.first):
        return f"it refuses everything: {refused[0].refusal}"
    return _of_answers(effect, healthy, measured)


def _of_answers(effect: Effect, healthy: Sequence[Reply], measured: Measured) -> str | None:
    before = _pairs(healthy, measured.first)
    again = _pairs(measured.first, measured.second)
    answers = _by_signature(measured.first)
    moved = any(_differ(old, new) for old, new in before)
    holds, otherwise = {
        Effect.ANSWERS: (True, ""),
        Effect.AS_BEFORE: (not moved, "it answers otherwise"),
        Effect.OTHERWISE: (moved, "it answers as before"),
        Effect.CONSTANT: (any(not _vary(one) for one in answers), "its answers vary"),
        Effect.PARTLY_CONSTANT: (
            any(_an_output_stands_still(one) for one in answers),
            "every output varies",
        ),
        Effect.CONSTANT_SCORES: (
            any(scored and not _vary(scored) for scored in map(_scores, answers)),
            "its scores vary",
        ),
        Effect.UNSTABLE: (
            any(_differ(one, other) for one, other in again),
            "it answers the same twice",
        ),
        Effect.NOT_FINITE: (
            any(_not_finite(one) for asked in answers for one in asked),
            "all is finite",
        ),
    }[effect]
    return None if holds else otherwise


def _pairs(one: Sequence[Reply], other: Sequence[Reply]) -> list[tuple[Tensors, Tensors]]:
    return [
        (left.outputs, right.outputs)
        for left, right in zip(one, other, strict=True)
        if left.outputs is not None and right.outputs is not None
    ]


def _by_signature(replies: Sequence[Reply]) -> list[list[Tensors]]:
    """The answers of every signature that gave at least two."""
    found: dict[str, list[Tensors]] = defaultdict(list)
    for reply in replies:
        if reply.outputs is not None:
            found[reply.probe.signature].append(reply.outputs)
    return [answers for answers in found.values() if len(answers) > 1]


def _differ(one: Tensors, other: Tensors) -> bool:
    return any(
        name not in other or difference(value, other[name]) is not None
        for name, value in one.items()
    )


def _vary(answers: Sequence[Tensors]) -> bool:
    return any(
        difference(value, other[name], noise(value)) is not None
        for other in answers[1:]
        for name, value in answers[0].items()
    )


def _scores(answers: Sequence[Tensors]) -> list[Tensors]:
    """The answers without keys and classes; empty where nothing but these is answered."""
    scored: list[Tensors] = [
        {name: value for name, value in one.items() if value.dtype.kind == "f"} for one in answers
    ]
    return scored if all(scored) else []


def _an_output_stands_still(answers: Sequence[Tensors]) -> bool:
    return any(
        all(difference(answers[0][name], one[name], noise(one[name])) is None for one in answers)
        for name in answers[0]
    )


def _not_finite(answer: Tensors) -> bool:
    return any(
        value.dtype.kind == "f" and not np.isfinite(value).all() for value in answer.values()
    )


def _differing(change: Change, before: Change) -> Iterator[Part]:
    for after, earlier in zip(change.trees, before.trees, strict=True):
        names, earlier_names = _files(after.path), _files(earlier.path)
        for name in names ^ earlier_names:
            yield _part(name, change.origin)
        for name in names & earlier_names:
            if _changed(after.path / name, earlier.path / name):
                yield _part(name, change.origin)


def _files(tree: Path) -> set[str]:
    return {
        str((Path(folder) / name).relative_to(tree))
        for folder, folders, names in os.walk(tree)
        for name in (*names, *(one for one in folders if (Path(folder) / one).is_symlink()))
    }


def _changed(one: Path, other: Path) -> bool:
    if one.is_symlink() or other.is_symlink():
        return one.is_symlink() != other.is_symlink() or one.readlink() != other.readlink()
    return not filecmp.cmp(one, other, shallow=False)


def _part(name: str, origin: Origin) -> Part:
    inside = name.removeprefix(f"{origin.path}/")
    if inside == name:
        return _part_outside(name)
    version, _, file = inside.partition("/")
    if version not in (origin.old, origin.new) or not file:
        return Part.LAYOUT
    if file in ("saved_model.pb", "saved_model.pbtxt"):
        return Part.MODEL
    known = {"variables": Part.WEIGHTS, "assets": Part.ASSETS}
    return known.get(file.partition("/")[0], Part.FILES)


def _part_outside(name: str) -> Part:
    if name == CONFIGURATION or name.startswith("deploy/"):
        return Part.CONFIGURATION
    if name.endswith(("Dockerfile", ".dockerignore")):
        return Part.DEPLOYMENT
    if name.startswith("data/"):
        return Part.EXAMPLES
    if name.startswith("models/"):
        return Part.LAYOUT
    return Part.CODE if name.endswith((".py", ".txt")) else Part.OTHER
