"""Recorded lives of a TF Serving 2.20 process: what becomes of it, its answers, and its log."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
import yaml

from servegate.tfserving.flags import usage
from tests.conftest import PROJECT
from tests.support.conformance import Recordings
from tests.support.lifecycle import LifeRecordings, play, read_recordings
from tests.support.lives import LONG, MORE_LIVES, SCENARIOS
from tests.support.tinymodels import write_model

KEPT = Path(__file__).parent / "lifecycle" / "recorded"
DIFFERENCES = Path(__file__).parent / "lifecycle" / "differences.yml"
SIDE_BY_SIDE = 6

Plays = Mapping[str, Future[list[str]]]
# A flag of the usage: name, default and type; its description is in our own words.
_FLAG = re.compile(r"^\t--(\w+)=(.*?) *\t(\w+)\t", re.MULTILINE)
_OF_THE_MACHINE = frozenset({"rest_api_num_threads", "grpc_max_threads"})


@pytest.fixture(scope="module")
def conformance() -> Path:
    folder = PROJECT.parent / "shared" / "conformance"
    if not folder.is_dir():
        pytest.skip("../shared/conformance is not there")
    return folder


@pytest.fixture(scope="module")
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(SIDE_BY_SIDE) as executor:
        yield executor
        executor.shutdown(cancel_futures=True)


@pytest.fixture(scope="module")
def plays(
    request: pytest.FixtureRequest,
    conformance: Path,
    executor: ThreadPoolExecutor,
    tmp_path_factory: pytest.TempPathFactory,
) -> Plays:
    """The scenarios whose tests were selected, played side by side."""
    recordings = read_recordings(Recordings(folder=conformance, root=conformance), MORE_LIVES)
    started = partial(_start, executor, recordings, tmp_path_factory.mktemp("lives"))
    return {name: started(name) for name in SCENARIOS if _selected(request, name)}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> LifeRecordings:
    """The recordings that the project holds; the models are tiny ones that answer alike."""
    root = tmp_path_factory.mktemp("kept")
    for number in (1, 2, 3):
        write_model(root / "models" / "times" / str(number), weight=number, bias=0)
    return read_recordings(Recordings(folder=KEPT, root=root), own_lines=True)


def _start(
    executor: ThreadPoolExecutor, recordings: LifeRecordings, folder: Path, name: str
) -> Future[list[str]]:
    return executor.submit(play, recordings, name, SCENARIOS[name], folder / name)


def _selected(request: pytest.FixtureRequest, name: str) -> bool:
    mine = f"test_a_life_goes_as_recorded[{name}]"
    return any(item.path == request.path and item.name == mine for item in request.session.items)


def _expected_to_differ() -> Mapping[str, str]:
    listed: Mapping[str, str] = yaml.safe_load(DIFFERENCES.read_text())["scenarios"]
    return listed


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "scenario",
    [
        pytest.param(one, marks=pytest.mark.long if one == LONG or number % 3 else ())
        for number, one in enumerate(SCENARIOS)
    ],
)
def test_a_life_goes_as_recorded(plays: Plays, scenario: str) -> None:
    differences = plays[scenario].result()
    if scenario in _expected_to_differ():
        assert differences, f"{scenario} agrees: take it from {DIFFERENCES.name}"
    else:
        assert not differences, "\n".join(differences)


def test_every_recorded_life_is_played(conformance: Path) -> None:
    recordings = read_recordings(Recordings(folder=conformance, root=conformance), MORE_LIVES)
    assert set(recordings.lives) == set(SCENARIOS)


@pytest.mark.parametrize("scenario", sorted(one.stem for one in (KEPT / "logs").glob("*.log")))
def test_a_kept_life_goes_as_recorded(kept: LifeRecordings, tmp_path: Path, scenario: str) -> None:
    assert play(kept, scenario, SCENARIOS[scenario], tmp_path) == []


def test_the_flags_are_those_of_the_recorded_usage(conformance: Path) -> None:
    recorded = _FLAG.findall((conformance / "logs" / "cli_help.log").read_text())
    ours = _FLAG.findall(usage())
    assert len(recorded) > 40
    assert [one for one in ours if one[0] not in _OF_THE_MACHINE] == [
        one for one in recorded if one[0] not in _OF_THE_MACHINE
    ]
