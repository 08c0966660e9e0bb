from __future__ import annotations

import pytest

from servegate.engine.registry import Registry
from servegate.phases import Phase, Spent
from servegate.pipeline.phases import phases
from servegate.providers import Provider, Stage
from tests.support.reports import PASSED, STALE


def provider(name: str, stage: Stage) -> Provider:
    def evidence() -> None:
        """Nothing."""

    evidence.__name__ = name
    return Provider(name=name, stage=stage, needs=(), blocked_by=(), function=evidence)


REGISTRY = Registry(
    checks=(),
    providers={
        name: provider(name, stage)
        for name, stage in {
            "files": Stage.FILES,
            "saved_model": Stage.FILES,
            "pairs": Stage.PREPROCESSING,
            "start": Stage.SERVER,
            "replies": Stage.SERVER,
        }.items()
    },
    seeds=frozenset(),
)
EVIDENCE = {"files": 0.5, "saved_model": 0.25, "pairs": 1.0, "start": 8.0, "replies": 2.0}


def test_the_whole_time_is_divided_once() -> None:
    within = {Phase.IMAGE: 3.0, Phase.BUILD: 1.5, Phase.START: 3.0}
    found = phases(EVIDENCE, REGISTRY, within, (PASSED, STALE), 0.5)
    assert found == {
        "files": 0.75,
        "callables": 1.0,
        "image": 3.0,
        "build": 1.5,
        "start": 3.0,
        "asking": 2.5,
        "checks": pytest.approx(PASSED.seconds + STALE.seconds),
        "cleanup": 0.5,
    }
    assert list(found) == [phase for phase in Phase if phase in found]


def test_what_did_not_happen_is_left_out() -> None:
    assert phases({"files": 0.5}, REGISTRY, {}, (), 0.0) == {"files": 0.5}


def test_a_phase_is_timed_however_it_ends() -> None:
    spent = Spent()
    with pytest.raises(ZeroDivisionError), spent.on(Phase.BUILD):
        1 / 0  # noqa: B018
    with spent.on(Phase.BUILD):
        first = spent.seconds[Phase.BUILD]
    assert spent.seconds[Phase.BUILD] >= first > 0
    assert set(spent.seconds) == {Phase.BUILD}
