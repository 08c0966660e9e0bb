"""Evidence as plain data, for tests that call a check's function themselves.

    found = findings(number_increases(candidate(3), change(base=["5"], head=["3", "5"]), …))

Whatever a test leaves out is what an ordinary pull request has: version 2 is added beside 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from servegate.checks import Outcome
from servegate.facts.change import Candidate, ChangeKind, ChildChange, Event, ModelChange
from servegate.facts.examples import Example
from servegate.facts.probes import Probe, Provenance, Replies, Reply
from servegate.facts.production import Production, ProductionModel, Situation
from servegate.facts.repository import ModelTree, Repository
from servegate.findings import Finding, Location, NotExamined, Remark
from servegate.providers import Absent, Later, NotApplicable
from servegate.tfserving.policy import PolicyKind, VersionPolicy, aspired
from servegate.tfserving.versions import Version, parse_version, read_names

T = TypeVar("T")

BASE_PATH = "models/prices"
CONFIG = Location(file="deploy/models.config", line=2)
POLICY = Location(file="deploy/models.config", line=5)


def findings(outcome: Outcome) -> list[Finding]:
    """What a check accuses."""
    return [one for one in outcome if isinstance(one, Finding)]


def finding(outcome: Outcome) -> Finding:
    """The one thing that a check accuses."""
    (found,) = findings(outcome)
    return found


def remarks(outcome: Outcome) -> list[str]:
    """What a check that passes says."""
    said = list(outcome)
    assert all(isinstance(one, Remark | NotExamined) for one in said)
    return [one.message for one in said if isinstance(one, Remark)]


def candidate(
    version: int = 2,
    *,
    event: Event = Event.ADDED,
    superseded_by: int | None = None,
    root: Path = Path("/nowhere"),
) -> Candidate:
    """One version of the model `prices`."""
    return Candidate(
        model="prices",
        path=BASE_PATH,
        version=Version(version),
        directory=str(version),
        root=root,
        event=event,
        superseded_by=None if superseded_by is None else Version(superseded_by),
    )


def child(
    name: str,
    event: Event = Event.ADDED,
    *,
    holds_model: bool = True,
    is_directory: bool = True,
    files: Sequence[str] = (),
) -> ChildChange:
    """One child of the base path."""
    return ChildChange(
        name=name,
        version=parse_version(name),
        event=event,
        holds_model=holds_model,
        held_model=holds_model and event is not Event.ADDED,
        is_directory=is_directory,
        files=tuple(f"{BASE_PATH}/{name}/{file}" for file in files),
    )


def change(
    *children: ChildChange, path: str = BASE_PATH, root: Path = Path("/nowhere")
) -> ModelChange:
    """What a pull request did to `prices`; version 2 is added when nothing is said."""
    given = children or (child("1", Event.UNCHANGED), child("2"))
    return ModelChange(
        name="prices",
        path=path,
        root=root,
        kind=ChangeKind.VERSIONS,
        children=given,
        base_names=read_names(one.name for one in given if one.event is not Event.ADDED),
        head_names=read_names(one.name for one in given if one.event is not Event.DELETED),
    )


def specific(*versions: int) -> VersionPolicy:
    """The policy that names versions."""
    return VersionPolicy(kind=PolicyKind.SPECIFIC, versions=tuple(map(Version, versions)))


def situation(*versions: str, policy: VersionPolicy | None = None) -> Situation:
    """Production at one commit: a policy (the default one, from no file) and what it finds."""
    names = read_names(versions)
    model = ProductionModel(
        name="prices",
        base_path="/models/prices" if policy else "",
        policy=policy or VersionPolicy(),
        location=CONFIG if policy else None,
        policy_location=POLICY if policy else None,
    )
    return Situation(
        model=model,
        aspired=tuple(one.version for one in aspired(model.policy, names)),
        present=tuple(one.version for one in names.versions),
    )


def production(
    head: Situation | None = None, base: Situation | None = None, *, neighbours: Sequence[str] = ()
) -> Production:
    """Production before and after; it has version 1, and the change adds 2."""
    return Production(
        head=head or situation("1", "2"),
        base=base or situation("1"),
        config_file=CONFIG.file,
        neighbours=tuple(neighbours),
    )


def repository(*models: str, before: Iterable[str] | None = None) -> Repository:
    """A repository of models with a version 1 each, before the change the same ones."""
    return Repository(
        root=Path("/nowhere"),
        after={name: _tree(name) for name in models},
        before={name: _tree(name) for name in (models if before is None else before)},
    )


def _tree(name: str) -> ModelTree:
    return ModelTree(path=f"models/{name}", names=read_names(["1"]))


def reply(
    label: str,
    given: ArrayLike = 0.0,
    answer: ArrayLike | Mapping[str, ArrayLike] | None = None,
    *,
    refusal: str = "",
    provenance: Provenance = Provenance.SYNTHESISED,
    moderate: bool = True,
) -> Reply:
    """A reply to one number: outputs by name, or one number called `y`, or a refusal."""
    outputs = answer if isinstance(answer, Mapping) or answer is None else {"y": answer}
    return Reply(
        probe=Probe(
            label=label,
            signature="serving_default",
            inputs={"x": np.array([[given]], np.float32)},
            provenance=provenance,
            moderate=moderate,
        ),
        outputs=None if outputs is None else {key: _row(one) for key, one in outputs.items()},
        refusal=refusal,
    )


def _row(value: ArrayLike) -> np.ndarray:
    array = np.array([value])
    return array.astype(np.float32) if array.dtype.kind == "f" else array


def replies(*said: Reply) -> Replies:
    """What one version answered through `serving_default`."""
    return Replies(by_signature={"serving_default": said})


def later(value: T | Absent) -> Later[T]:
    """Evidence that is there when it is asked for, or says why it is not."""

    def ask() -> T:
        if isinstance(value, Absent):
            raise value
        return value

    return ask


FIRST_VERSION = NotApplicable("This is the first version of the model.")


def example(number: int, **parts: object) -> Example:
    """One example, in the line of its number."""
    location = Location(file="data/examples.jsonl", line=number)
    return Example(number=number, location=location, **parts)  # type: ignore[arg-type]


def examples(raw: Iterable[object]) -> tuple[Example, ...]:
    """Raw examples, numbered from 1."""
    return tuple(example(number, raw=one, has_raw=True) for number, one in enumerate(raw, 1))
