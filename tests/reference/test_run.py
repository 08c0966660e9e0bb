"""A SavedModel run directly: its answers, and everything that may become of the attempt."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from servegate.deadline import Deadline, DeadlineExceeded
from servegate.errors import CannotTell, Interrupted
from servegate.facts.probes import Probe
from servegate.reference import exchange
from servegate.reference.outcome import Answered, NotLoaded, Outcome, Refused
from servegate.reference.run import _read, run_directly
from tests.support.oddmodels import (
    write_lookup,
    write_named_signatures,
    write_pass_through,
    write_sampler,
)
from tests.support.processes import eventually, marked
from tests.support.reference import (
    WhenLoaded,
    probe,
    worker,
    write_endless,
    write_unknown_op,
)
from tests.support.tinymodels import write_model


def run(
    directory: Path,
    *probes: Probe,
    deadline: Deadline | None = None,
    tags: tuple[str, ...] = ("serve",),
    memory_limit: int | None = None,
) -> Outcome:
    """Runs a model whose version directory lies in the test's own folder."""
    return run_directly(
        directory,
        probes,
        tags=tags,
        workspace=directory.parent,
        deadline=deadline or Deadline.after(60),
        memory_limit=memory_limit,
    )


def answers(outcome: Outcome, name: str = "y") -> list[list[Any]]:
    """One output of every question, each time it was asked."""
    assert not isinstance(outcome, NotLoaded), outcome
    told = []
    for one in outcome:
        assert isinstance(one, Answered), one
        told.append([outputs[name].ravel().tolist() for outputs in one.outputs])
    return told


def test_every_question_is_answered_twice(tmp_path: Path) -> None:
    model = write_model(tmp_path / "1", weight=2.0, bias=1.0)
    found = run(model, probe("a", 1.0), probe("b", 2.0))
    assert answers(found) == [[[3.0], [3.0]], [[5.0], [5.0]]]


def test_each_is_put_to_its_signature(tmp_path: Path) -> None:
    model = write_named_signatures(tmp_path / "1", weight=3.0)
    encode = probe("a", 1.0, signature="encode")
    price = probe("b", 1.0, name="inputs", signature="price")
    assert answers(run(model, encode), "hidden") == [[[0.5], [0.5]]]
    assert answers(run(model, price), "outputs") == [[[3.0], [3.0]]]


def test_strings_that_are_no_text_come_back_as_they_went(tmp_path: Path) -> None:
    model = write_pass_through(tmp_path / "1", weight=1.0, mask=False)
    odd = probe("odd", 1.0)
    key = probe("key", b"\xff\x00\n", dtype="O").inputs["x"][0]
    both = Probe(
        label=odd.label,
        signature=odd.signature,
        inputs={**odd.inputs, "key": key},
        provenance=odd.provenance,
    )
    assert answers(run(model, both), "key") == [[[b"\xff\x00\n"]] * 2]


def test_what_is_random_differs(tmp_path: Path) -> None:
    ((first, second),) = answers(run(write_sampler(tmp_path / "1", weight=1.0), probe("a", 1.0)))
    assert first != second


def test_an_op_that_is_missing_is_named(tmp_path: Path) -> None:
    found = run(write_unknown_op(tmp_path / "1", "WordpieceOfSomebody"), probe("a", 1.0))
    assert isinstance(found, NotLoaded)
    assert found.missing_op == "WordpieceOfSomebody"


def test_a_model_without_the_tags_is_not_loaded(tmp_path: Path) -> None:
    found = run(write_model(tmp_path / "1"), probe("a", 1.0), tags=("serve", "gpu"))
    assert isinstance(found, NotLoaded)
    assert "Could not find meta graph def matching supplied tags" in found.reason
    assert not found.missing_op


def test_a_refused_question_leaves_the_others(tmp_path: Path) -> None:
    model = write_lookup(tmp_path / "1", [[1.0], [2.0]])
    asked = [probe(str(one), one, name="id", dtype="int64") for one in (1, 99)]
    answered, refused = run(model, *asked)  # type: ignore[misc]
    assert isinstance(answered, Answered)
    assert isinstance(refused, Refused)
    assert "99 is not in [0, 2)" in refused.reason


def test_a_signature_that_is_not_there_is_a_refusal(tmp_path: Path) -> None:
    (found,) = run(write_model(tmp_path / "1"), probe("a", 1.0, signature="other"))  # type: ignore[misc]
    assert isinstance(found, Refused)
    assert 'Serving signature key "other" not found.' in found.reason


def test_too_little_memory_is_no_verdict(tmp_path: Path) -> None:
    with pytest.raises(CannotTell, match="ended while it was loaded: signal SIGABRT"):
        run(write_model(tmp_path / "1"), probe("a", 1.0), memory_limit=2**26)


def test_no_time_to_load_is_no_verdict(tmp_path: Path) -> None:
    with pytest.raises(CannotTell, match="was not loaded in time"):
        run(write_model(tmp_path / "1"), probe("a", 1.0), deadline=Deadline.after(0))


def test_a_question_without_end_is_no_verdict_and_leaves_nothing(tmp_path: Path) -> None:
    def too_late() -> None:
        raise DeadlineExceeded

    deadline = WhenLoaded(Deadline.after(60).at, workspace=tmp_path, then=too_late)
    with pytest.raises(CannotTell, match="had answered 0 of 1 requests in time"):
        run(write_endless(tmp_path / "1"), probe("a", 1.0), deadline=deadline)
    assert eventually(lambda: not marked(str(tmp_path)))


def test_a_death_is_told_with_the_question(tmp_path: Path) -> None:
    killed: list[int] = []

    def kill_once() -> None:
        """Its death may take longer than one wait."""
        if not killed:
            killed.append(worker(tmp_path))
            os.kill(killed[0], signal.SIGKILL)

    deadline = WhenLoaded(Deadline.after(60).at, workspace=tmp_path, then=kill_once)
    with pytest.raises(CannotTell, match=r"ended at price 3 \('serving_default'\): signal SIGKILL"):
        run(write_endless(tmp_path / "1"), probe("price 3", 1.0), deadline=deadline)


def test_it_sees_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "ghs_secret")
    seen = []

    def look() -> None:
        seen.append(Path(f"/proc/{worker(tmp_path)}/environ").read_bytes())
        raise DeadlineExceeded

    deadline = WhenLoaded(Deadline.after(60).at, workspace=tmp_path, then=look)
    with pytest.raises(CannotTell):
        run(write_endless(tmp_path / "1"), probe("a", 1.0), deadline=deadline)
    assert b"PATH=" in seen[0]
    assert b"ghs_secret" not in seen[0]


def test_it_ends_with_the_run(tmp_path: Path) -> None:
    deadline = WhenLoaded(Deadline.after(60).at, workspace=tmp_path)
    object.__setattr__(deadline, "then", deadline.cancelled.set)
    with pytest.raises(Interrupted):
        run(write_endless(tmp_path / "1"), probe("a", 1.0), deadline=deadline)
    assert eventually(lambda: not marked(str(tmp_path)))


@pytest.mark.parametrize("content", [b"\xff", None])
def test_an_answer_that_is_none_is_no_verdict(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "answer").write_bytes(content)
    with pytest.raises(CannotTell, match="cannot be read"):
        _read(tmp_path / "answer")


def test_what_tensorflow_says_may_be_anything(tmp_path: Path) -> None:
    exchange.put_text(tmp_path / "reason", "caf\udce9 \x00" + "x" * 10_000)
    assert exchange.text(tmp_path / "reason") == "caf\\xe9 \x00" + "x" * 10_000
