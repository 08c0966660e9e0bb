"""Rows of healthy.md about numbers, directories and what production does with them."""

from __future__ import annotations

import shutil

import pytest

from tests.support.gaterun import GateRun, gate
from tests.support.repos import Repo
from tests.support.teams import ROLLOUTS, assert_passes, configure, version
from tests.support.tinymodels import Graph, Signature, write_model, write_saved_model, write_warmup

CONFIG = "deploy/models.config"


def served_with(policy: str) -> str:
    """Production's configuration of the model `m`."""
    entry = f'name: "m"\n  base_path: "/models/m"\n  model_platform: "tensorflow"\n{policy}'
    return f"model_config_list {{ config {{\n  {entry}\n}} }}\n"


def two_versions(repo: Repo, rollout: str = "volume", **settings: object) -> Repo:
    """Versions 1 and 2 of `m` in production."""
    write_model(version(repo, "1"), weight=2.0)
    write_model(version(repo, "2"), weight=3.0)
    configure(repo, rollout, **settings).commit()  # type: ignore[arg-type]
    return repo


def reexport(repo: Repo, name: str) -> None:
    """The weights of version 2 once more, with a second signature and files beside them."""
    graph = Graph()
    x = graph.placeholder("x")
    scaled = graph.multiply(x, graph.const("weight", 3.0), name="scaled")
    answer = graph.add(scaled, graph.const("bias", 1.0), name="answer")
    signatures = [
        Signature(inputs={"x": x}, outputs={"y": answer}),
        Signature(key="scaled", inputs={"x": x}, outputs={"y": scaled}),
    ]
    write_saved_model(version(repo, name), graph, signatures)
    write_warmup(version(repo, name), [])
    repo.write(f"models/m/{name}/assets.extra/README.md")


@pytest.mark.parametrize("rollout", ROLLOUTS)
def test_h05_the_same_weights_exported_again(repo: Repo, rollout: str) -> None:
    two_versions(repo, rollout)
    reexport(repo, "3")
    repo.commit()
    run = gate(repo)
    assert_passes(run)
    assert run.check("m", "version/not-a-copy")["status"] == "passed"


@pytest.mark.parametrize("rollout", ROLLOUTS)
def test_h06_an_older_version_under_a_new_number(repo: Repo, rollout: str) -> None:
    two_versions(repo, rollout)
    shutil.copytree(version(repo, "1"), version(repo, "3"))
    repo.commit()
    run = gate(repo)
    assert_passes(run)
    assert run.check("m", "version/not-a-copy")["message"] == "Republishes version 1."


@pytest.mark.parametrize("rollout", ROLLOUTS)
def test_h07_old_versions_are_cleaned_up_by_a_release(repo: Repo, rollout: str) -> None:
    two_versions(repo, rollout)
    write_model(version(repo, "3"), weight=4.0)
    repo.delete("models/m/1").commit()
    assert_passes(gate(repo))


@pytest.mark.parametrize("rollout", ROLLOUTS)
def test_h07_old_versions_are_cleaned_up_alone(repo: Repo, rollout: str) -> None:
    two_versions(repo, rollout).delete("models/m/1").commit()
    run = gate(repo)
    assert_passes(run)
    assert run.check("m", "version/version-not-removed")["status"] == "passed"


@pytest.mark.parametrize("rollout", ROLLOUTS)
def test_h08_a_deliberate_rollback_is_accepted(repo: Repo, rollout: str) -> None:
    two_versions(repo, rollout).delete("models/m/2").commit()
    remedy = gate(repo).check("m", "version/version-not-removed")["remedy"]
    line = remedy[remedy.index("accept:") :].replace("…", "2 was trained on wrong labels")
    settings = repo.file("servegate.yml").read_text("utf-8")
    repo.write("servegate.yml", f"{settings}\n{line}\n").commit()
    run = gate(repo, base="HEAD~2")
    assert_passes(run, m={"version/version-not-removed"})
    assert (
        "2 was trained on wrong labels" in run.check("m", "version/version-not-removed")["message"]
    )


@pytest.mark.parametrize("rollout", ROLLOUTS)
def test_h08_a_deliberate_rollback_is_configured(repo: Repo, rollout: str) -> None:
    repo.write(CONFIG, served_with(""))
    two_versions(repo, rollout, serving={"model_config": CONFIG})
    pinned = "  model_version_policy { specific { versions: 1 } }"
    repo.write(CONFIG, served_with(pinned)).delete("models/m/2").commit()
    assert_passes(gate(repo))


@pytest.mark.parametrize("rollout", ROLLOUTS)
def test_h09_a_staged_release(repo: Repo, rollout: str) -> None:
    repo.write(CONFIG, served_with("  model_version_policy { specific { versions: 2 } }"))
    two_versions(repo, rollout, serving={"model_config": CONFIG}, model={"release": "staged"})
    write_model(version(repo, "3"), weight=4.0)
    repo.commit()
    run = gate(repo)
    assert_passes(run)
    declared = run.check("m", "version/policy-serves-candidate")["message"]
    assert declared == "Not served yet, as `release: staged` declares."
    assert run.check("m", "version/served")["status"] == "skipped"


LABELLED = """\
  model_version_policy {{ specific {{ {versions} }} }}
  version_labels {{ key: "stable" value: {stable} }}
{canary}"""
CANARY = '  version_labels { key: "canary" value: 3 }\n'
LABEL_STEPS = {
    # TF Serving moves a label only to a version that is loaded: load first, move then, drop last.
    "loads 3 beside 2": (("versions: 2", 2, ""), ("versions: 2 versions: 3", 2, "")),
    "tries 3 as canary": (("versions: 2", 2, ""), ("versions: 2 versions: 3", 2, CANARY)),
    "moves the label": (("versions: 2 versions: 3", 2, ""), ("versions: 2 versions: 3", 3, "")),
    "drops 2": (("versions: 2 versions: 3", 3, ""), ("versions: 3", 3, "")),
}


@pytest.mark.parametrize("step", LABEL_STEPS)
@pytest.mark.parametrize("rollout", ROLLOUTS)
def test_h09_labels_are_moved_in_steps(repo: Repo, rollout: str, step: str) -> None:
    def labelled(versions: str, stable: int, canary: str) -> str:
        return served_with(LABELLED.format(versions=versions, stable=stable, canary=canary))

    before, after = LABEL_STEPS[step]
    repo.write(CONFIG, labelled(*before))
    if "versions: 3" in before[0]:
        write_model(version(repo, "3"), weight=4.0)
    two_versions(repo, rollout, serving={"model_config": CONFIG})
    write_model(version(repo, "3"), weight=4.0)
    repo.write(CONFIG, labelled(*after)).commit()
    run = gate(repo)
    assert_passes(run)
    assert run.check("m", "version/labels-resolve")["status"] == "passed"


NUMBERS = {
    "padded": ("00000001", "00000002"),
    "seconds": ("1538687457", "1763800000"),
    "milliseconds": ("1763800000000", "1763800000001"),
    "dates": ("20251122", "20260101"),
    "leap": ("1", "5"),
    "zero": ("0", "1"),
}


@pytest.mark.parametrize("rollout", ROLLOUTS)
def test_h10_numbers_of_every_kind(repo: Repo, rollout: str) -> None:
    for model, (before, _) in NUMBERS.items():
        write_model(repo.file(f"models/{model}/{before}"))
    repo.write("servegate.yml", f"serving: {{rollout: {rollout}}}\n").commit()
    for model, (_, after) in NUMBERS.items():
        write_model(repo.file(f"models/{model}/{after}"), weight=5.0)
    repo.commit()
    run = gate(repo, "--jobs", "2")
    assert_passes(run, padded={"version/layout"})
    assert {name: one["candidate"] for name, one in run.models().items()} == {
        model: str(int(after)) for model, (_, after) in NUMBERS.items()
    }


@pytest.mark.parametrize("rollout", ROLLOUTS)
def test_h11_other_things_beside_the_versions(repo: Repo, rollout: str) -> None:
    # The stray number is old: only one that a change adds is a finding.
    repo.write("models/m/0/notes.txt")
    two_versions(repo, rollout)
    for name in ("assets/words.txt", "README.md", ".gitkeep", "labels.json", "v3-notes.md"):
        repo.write(f"models/m/{name}")
    write_model(version(repo, "3"), weight=4.0)
    repo.commit()
    assert_passes(gate(repo))


@pytest.mark.parametrize("rollout", ROLLOUTS)
def test_h12_the_first_version_of_a_model(repo: Repo, rollout: str) -> None:
    repo.write("servegate.yml", f"serving: {{rollout: {rollout}}}\n").commit()
    write_model(version(repo, "1"))
    repo.commit()
    run = gate(repo)
    assert_passes(run)
    assert run.models()["m"]["baseline"] == []
    assert run.check("m", "version/not-a-copy")["status"] == "skipped"


def overwritten(repo: Repo, rollout: str) -> GateRun:
    """Version 1 holds another model after the change."""
    write_model(version(repo, "1"), weight=2.0)
    configure(repo, rollout).commit()
    write_model(version(repo, "1"), weight=3.0)
    repo.commit()
    return gate(repo)


@pytest.mark.long
def test_h13_one_number_for_every_release_in_fresh_images(repo: Repo) -> None:
    run = overwritten(repo, "image")
    assert_passes(run)
    for check in ("version/not-changed-in-place", "version/number-increases"):
        assert run.check("m", check)["status"] == "skipped"


def test_h13_one_number_for_every_release_on_a_volume_names_the_setting(repo: Repo) -> None:
    run = overwritten(repo, "volume")
    assert run.exit_code == 1, run.output
    assert set(run.failed("m")) == {"version/not-changed-in-place"}
    assert "rollout: image" in run.check("m", "version/not-changed-in-place")["remedy"]
