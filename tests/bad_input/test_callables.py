"""Callables that misbehave: the user's own traceback, and the gate goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.gaterun import GateRun, gate
from tests.support.oddmodels import write_dense
from tests.support.repos import Repo
from tests.support.teams import configure, record
from tests.support.tinymodels import write_model

PARITY = "preprocessing/training-equals-serving"
ACCEPTS = "preprocessing/signature-accepts-training-tensors"

SOUND = "def build(raw):\n    return {'x': [raw]}\n"
CODE = {
    "imports": "import no_such_package_at_all\n",
    "lacks": "def other(raw):\n    return {'x': [raw]}\n",
    "raises": "def build(raw):\n    raise ValueError(f'{raw} is too odd')\n",
    "sometimes": "def build(raw):\n    return {'x': [raw if raw < 2 else 1 / 0]}\n",
    "hangs": "import time\n\ndef build(raw):\n    time.sleep(600)\n",
    "exits": "import os\n\ndef build(raw):\n    os._exit(7)\n",
    "prints": "def build(raw):\n    print('noise ' * 700_000)\n    return {'x': [raw]}\n",
    "names": "def build(raw):\n    return {'z': [raw]}\n",
    "sizes": "def build(raw):\n    return {'x': [raw, raw, raw]}\n",
    "shapes": "def build(raw):\n    return {'x': [raw, raw, raw]}\n",
    "kinds": "def build(raw):\n    return {'x': ['a text']}\n",
    "nothing": "def build(raw):\n    return None\n",
    "strange": "def build(raw):\n    return {'x': object()}\n",
}

# Training and client agree with one another, and not with the model.
UNFIT = {
    "names": ("the signature takes x", "z is given"),
    "shapes": ("'x' has shape [?, 1] in the signature", "[1, 3] is given", "Matrix size"),
    "kinds": ("'x' is float32 in the signature", "strings"),
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> GateRun:
    """One model for every misbehaviour, in training; `client` has it in the client."""
    repo = Repo(tmp_path_factory.mktemp("callables") / "repository")
    record(repo, [{"raw": 1.0}, {"raw": 2.0}], "data.jsonl").write("sound.py", SOUND)
    for name, code in CODE.items():
        repo.write(f"{name}.py", code)
    pairs = {"m": ("sound", "sound"), "client": ("sound", "sometimes")}
    pairs |= {name: (name, name if name in UNFIT else "sound") for name in CODE}
    sections = [section(name, *modules) for name, modules in pairs.items()]
    configure(repo, "image", model=sections[0], others=sections[1:]).commit()
    for name in pairs:
        write_dense(repo.file(f"models/{name}/1"), [[2.0]])
    repo.commit()
    run = gate(repo, "--jobs", "2", settings={"callables_timeout": 6.0})
    assert run.exit_code == 1, run.output
    return run


def section(name: str, training: str, serving: str) -> dict[str, object]:
    """A model with callables of these modules."""
    return {
        "name": name,
        "path": f"models/{name}",
        "examples": "data.jsonl",
        "preprocessing": {"training": f"{training}:build", "serving": f"{serving}:build"},
    }


def told(run: GateRun, model: str, check: str, status: str) -> str:
    """Everything the report says of one check."""
    found = run.check(model, check)
    assert found["status"] == status, found
    return " ".join(str(found[key]) for key in ("message", "expected", "observed", "remedy"))


def test_the_model_beside_is_judged(run: GateRun) -> None:
    assert run.models()["m"]["verdict"] == "accepted"
    assert sorted(run.models()) == sorted(["m", "client", *CODE])


@pytest.mark.parametrize("model", CODE)
def test_everything_else_of_the_same_model_is_judged(run: GateRun, model: str) -> None:
    for check in ("version/loads", "version/served", "input_sensitivity/depends-on-input"):
        assert run.check(model, check)["status"] == "passed", run.output


def test_what_cannot_be_imported(run: GateRun) -> None:
    said = told(run, "imports", PARITY, "errored")
    assert "No module named 'no_such_package_at_all'" in said
    assert "imports.py" in said
    assert "preprocessing: {python:" in said
    assert "build" in told(run, "lacks", PARITY, "errored")


def test_what_raises_shows_the_users_own_traceback(run: GateRun) -> None:
    said = told(run, "raises", PARITY, "errored")
    assert "ValueError: 1.0 is too odd" in said
    assert 'raises.py", line 2, in build' in said
    for ours in ("usercode/worker.py", "evidence/callables.py"):
        assert ours not in said


def test_a_client_that_raises_on_one_example_fails_the_change(run: GateRun) -> None:
    said = told(run, "client", PARITY, "failed")
    assert "1 of 2 examples" in said
    assert "Example 2" in said
    assert "ZeroDivisionError" in said


def test_what_hangs_or_ends_its_process_is_named_with_the_example(run: GateRun) -> None:
    assert "hangs:build did not end within 6 s at example 1" in told(
        run, "hangs", PARITY, "errored"
    )
    assert "exits:build ended its process (exit status 7) at example 1" in told(
        run, "exits", PARITY, "errored"
    )


def test_what_prints_megabytes_is_heard_out_and_kept_away(run: GateRun) -> None:
    assert run.models()["prints"]["verdict"] == "accepted"
    assert "noise noise" not in run.ended.stdout


@pytest.mark.parametrize("model", UNFIT)
def test_what_does_not_fit_the_signature(run: GateRun, model: str) -> None:
    assert run.models()[model]["verdict"] == "rejected"
    said = told(run, model, ACCEPTS, "failed")
    assert "Example 1" in said
    assert all(words in said for words in UNFIT[model]), said


def test_a_shape_that_is_not_the_clients(run: GateRun) -> None:
    said = told(run, "sizes", PARITY, "failed")
    assert "Example 1: 'x' has shape [1], training makes [3]" in said


@pytest.mark.parametrize(("model", "words"), [("nothing", "None"), ("strange", "object")])
def test_what_is_no_tensor(run: GateRun, model: str, words: str) -> None:
    assert words in told(run, model, PARITY, "errored")


def test_an_interpreter_of_the_projects_own_that_does_not_work(repo: Repo) -> None:
    record(repo, [{"raw": 1.0}], "data.jsonl").write("sound.py", SOUND)
    python = repo.write("venv/bin/python", "#!/bin/sh\necho no such interpreter >&2\nexit 3\n")
    Path(python.file("venv/bin/python")).chmod(0o755)
    model = section("m", "sound", "sound")
    configure(
        repo,
        model=model | {"preprocessing": {"training": "sound:build", "python": "venv/bin/python"}},
    )
    repo.commit()
    write_model(repo.file("models/m/1"))
    repo.commit()
    run = gate(repo)
    assert run.exit_code == 3, run.output
    assert "no such interpreter" in told(run, "m", PARITY, "errored")
