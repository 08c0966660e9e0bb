"""The base version's server: one for all who ask, and no trouble when it does not run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from servegate.checks import Outcome
from servegate.deadline import Deadline
from servegate.evidence.asking import Interview
from servegate.evidence.interviews import baseline_interview, baseline_tree
from servegate.facts.change import Baseline
from servegate.facts.serving import Launch, LoadFailed, Server
from servegate.facts.settings import Settings
from servegate.findings import Remark
from servegate.providers import Later, NotApplicable, Stage
from servegate.tfserving.versions import Version
from tests.support.answering import FakeServer
from tests.support.checks import make_check, make_provider, run_checks


@dataclass
class _Server(FakeServer):
    fails: bool = False
    stopped: int = 0

    def await_version(self, model: str, version: Version, deadline: Deadline) -> None:
        deadline.check()
        if self.fails:
            raise LoadFailed(f"{model} {version} has no weights", "")

    def stop(self) -> None:
        self.stopped += 1


@dataclass
class _Runtime:
    server: _Server
    launches: list[Launch] = field(default_factory=list)
    name: str = "fake"
    image: None = None

    def start(self, launch: Launch, deadline: Deadline) -> Server:
        deadline.check()
        self.launches.append(launch)
        return self.server


def _seeds(runtime: _Runtime, workspace: Path) -> dict[str, object]:
    return {
        "baseline": Baseline(version=Version(1), directory="1", root=workspace / "1"),
        "runtime": runtime,
        "settings": Settings(flags=("--enable_batching=true",)),
        "workspace": workspace,
        "deadline": Deadline.after(60),
    }


def _check(baseline_interview: Later[Interview]) -> Outcome:
    yield Remark(message=f"asked version {baseline_interview().version}")


def _never(baseline_interview: Later[Interview]) -> Outcome:
    yield Remark(message=str(bool(baseline_interview)))


_PROVIDERS = tuple(
    make_provider(one, stage=Stage.SERVER) for one in (baseline_tree, baseline_interview)
)


def test_all_who_ask_share_one_server(tmp_path: Path) -> None:
    runtime = _Runtime(_Server(lambda inputs: inputs))
    two = (make_check(_check, name="first"), make_check(_check, name="second"))
    found = run_checks(two, _PROVIDERS, _seeds(runtime, tmp_path))

    assert [one.message for one in found.results] == ["asked version 1"] * 2
    (launch,) = runtime.launches
    assert launch.models[0].policy.versions == (1,)
    assert launch.flags == ("--enable_batching=true",)
    assert runtime.server.stopped == 1


def test_nobody_asks_and_none_is_started(tmp_path: Path) -> None:
    runtime = _Runtime(_Server(lambda inputs: inputs))
    run_checks((make_check(_never),), _PROVIDERS, _seeds(runtime, tmp_path))

    assert not runtime.launches


def test_base_version_that_does_not_load_is_not_there(tmp_path: Path) -> None:
    runtime = _Runtime(_Server(lambda inputs: inputs, fails=True))
    seeds = _seeds(runtime, tmp_path)
    baseline = seeds["baseline"]
    seeds["baseline_tree"] = baseline_tree(baseline, seeds.pop("workspace"))  # type: ignore[arg-type]

    @contextmanager
    def provided() -> Iterator[Interview]:
        yield from baseline_interview(**seeds)  # type: ignore[arg-type]

    with (
        pytest.raises(NotApplicable, match="version 1 does not run: baseline 1 has no weights"),
        provided(),
    ):
        raise AssertionError
    assert runtime.server.stopped == 1
