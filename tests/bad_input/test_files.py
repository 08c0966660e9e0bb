"""A saved_model.pb that is none: one sentence naming file and remedy; other models are judged."""

from __future__ import annotations

import os
import random

import pytest

from tests.support.changes import pointer_to
from tests.support.gaterun import GateRun, gate
from tests.support.repos import Repo
from tests.support.teams import configure
from tests.support.tinymodels import write_model

CHECK = "version/files-complete"
OTHER_CHECKS = {"huge": "version/tidy"}
HUGE = 2**31

# What the one sentence has to say, of which file, and what to do.
TOLD = {
    "truncated": ("is cut short", "Export the model again"),
    "empty": ("0 bytes", "Export the model again"),
    "pointer": ("Git LFS pointer", "Commit the file itself"),
    "noise": ("saved_model.pb", "Export the model again"),
    "text": ("saved_model.pb", "Export the model again"),
    "huge": ("saved_model.pb has 2.1 GB", "Keep weights in variables"),
    "escape": ("symbolic link out of the tree", "Commit the file itself"),
    "absolute": ("symbolic link out of the tree", "Commit the file itself"),
    "elsewhere": ("leads out of the model's directory", "Commit the file itself"),
    "dangling": ("leads nowhere", "Commit the file itself"),
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> GateRun:
    """One model for every way in which a file can be bad."""
    repo = Repo(tmp_path_factory.mktemp("files") / "repository")
    # Nobody hashes two gigabytes in a test: this one is downloaded, so to say.
    repo.write(".gitignore", "models/huge/\n").write("outside/words.txt", "secret\n")
    names = ["m", *TOLD]
    sections = [{"name": name, "path": f"models/{name}"} for name in names]
    configure(repo, others=sections[1:]).commit()
    for name in names:
        write_model(repo.file(f"models/{name}/1"))
    whole = repo.file("models/m/1/saved_model.pb").read_bytes()
    for name, content in {
        "truncated": whole[: len(whole) // 2],
        "empty": b"",
        "pointer": pointer_to(whole).encode(),
        "noise": random.Random(1).randbytes(5000),
        "text": b"<!DOCTYPE html>\n<title>404</title>\n",
    }.items():
        repo.write(f"models/{name}/1/saved_model.pb", content)
    os.truncate(repo.file("models/huge/1/saved_model.pb"), HUGE)
    repo.link("models/escape/1/assets/words.txt", "../../../../outside/words.txt")
    repo.link("models/absolute/1/assets/words.txt", "/etc/passwd")
    repo.link("models/dangling/1/assets/words.txt", "nothing.txt")
    repo.file("models/elsewhere/1").rename(repo.path.parent / "elsewhere")
    repo.link("models/elsewhere/1", str(repo.path.parent / "elsewhere"))
    repo.commit()
    run = gate(repo, "--jobs", "2", "--all")
    assert run.exit_code == 1, run.output
    return run


def test_the_model_beside_is_judged(run: GateRun) -> None:
    assert run.models()["m"]["verdict"] == "accepted", run.output
    assert sorted(run.models()) == sorted(["m", *TOLD])


@pytest.mark.parametrize("model", TOLD)
def test_one_sentence_names_file_and_remedy(run: GateRun, model: str) -> None:
    found = run.check(model, OTHER_CHECKS.get(model, CHECK))
    assert found["status"] == "failed", found
    file = "assets/words.txt" if model in {"escape", "absolute", "dangling"} else "saved_model.pb"
    assert f"models/{model}/1" in found["message"]
    assert file in found["message"]
    what, remedy = TOLD[model]
    assert what in found["message"]
    assert remedy in found["remedy"]
    assert "\n" not in found["message"]
    assert len(found["findings"]) == 1


@pytest.mark.parametrize("model", TOLD)
def test_no_server_is_started_on_it(run: GateRun, model: str) -> None:
    assert run.check(model, "version/loads")["status"] == "skipped"
    told_by = OTHER_CHECKS.get(model, CHECK)
    assert told_by in run.check(model, "version/loads")["message"]


def test_what_a_link_leads_to_is_not_read(run: GateRun) -> None:
    assert "secret" not in run.ended.stdout
    assert "root:" not in run.ended.stdout
