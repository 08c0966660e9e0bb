from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.configuration import loaded, mistakes

MODEL = "models: [{{name: a, path: models/price, {}}}]"
ACCEPT = "accept: [{{check: version/layout, model: a, version: 1, reason: x, {}}}]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("modles: []", "has no key 'modles'; did you mean 'models'?"),
        ("zzz: []", "has no key 'zzz'; its keys are serving, models, accept, ignore"),
        ("serving: {rolout: image}", "serving has no key 'rolout'; did you mean 'rollout'?"),
        ("serving: {rollout: imag}", "must be 'volume' or 'image', not the text 'imag'; did you"),
        ("serving: {rollout: 3}", "must be 'volume' or 'image', not the number 3"),
        ("serving: text", "serving must be a mapping, not the text 'text'"),
        ("serving:", "serving has no value: give it one or leave it out"),
        ("serving: {flags: --x=1}", "serving.flags must be a list, not the text '--x=1'"),
        ("serving: {flags: [--port, 8500]}", "serving.flags[1] must be text, not the number 8500"),
        ("serving: {flags: [x]}", "serving.flags[0] must begin with --"),
        ("serving: {load_timeout: soon}", "must be a duration such as 90s, 2m or 90 (seconds)"),
        ("serving: {load_timeout: true}", "must be a duration such as 90s, 2m or 90 (seconds)"),
        ("serving: {load_timeout: -1}", "must be a duration such as 90s, 2m or 90 (seconds)"),
        ("serving: {load_timeout: 0}", "must be more than nothing and at most 24h"),
        ("serving: {load_timeout: 25h}", "must be more than nothing and at most 24h"),
        ("serving: {model_config: nope}", "names a file that does not exist: 'nope'"),
        ("serving: {model_config: deploy}", "names a file that does not exist: 'deploy'"),
        ("serving: {image: 'a b'}", "serving.image must be the name of an image, not 'a b'"),
        ("serving: {image: --rm}", "serving.image must be the name of an image"),
        ("serving: {user: root}", "must be a numeric user id such as 1000, not the text 'root'"),
        ("serving: {user: true}", "must be a numeric user id such as 1000, not true"),
        ("serving: {memory: much}", "must be an amount such as 4GiB or 512MiB, not the text"),
        ("serving: {memory: 4}", "serving.memory must be 64MiB or more, not the number 4"),
        ("serving: {dockerfile: nope}", "serving.dockerfile names a file that does not exist"),
        ("serving: {context: nope}", "serving.context names a directory that does not exist"),
        ("serving: {context: deploy}", "serving.context needs serving.dockerfile"),
        (
            "serving: {dockerfile: deploy/Dockerfile, built_image: x}",
            "serving.built_image and serving.dockerfile exclude each other",
        ),
        ("models: {a: b}", "models must be a list, not a mapping"),
        ("models: [a]", "models[0] must be a mapping, not the text 'a'"),
        ("models: [{path: models/price}]", "models[0].name is missing"),
        ("models: [{name: a, path: models/nope}]", "models[0].path names a directory that does"),
        ("models: [{name: a, path: models/nope}]", "step that downloads them runs before the gate"),
        ("models: [{name: a, path: ../b}]", "models[0].path leads out of the repository: '../b'"),
        ("models: [{name: a, path: /b}]", "must be relative to the repository, not '/b'"),
        ("models: [{name: 7, path: models/price}]", "models[0].name must be text, not the number"),
        ('models: [{name: " ", path: models/price}]', "models[0].name must not be empty"),
        (MODEL.format("baseline: tensorflow/serving"), "an image is not supported yet"),
        (MODEL.format("examples: data/nope.jsonl"), "models[0].examples names a file that does"),
        (MODEL.format("examples: ~"), "models[0].examples has no value"),
        (MODEL.format("changed_when: [../x]"), "models[0].changed_when[0] leads out of the"),
        (MODEL.format("changed_when: x"), "models[0].changed_when must be a list"),
        (MODEL.format("release: stage"), "did you mean 'staged'?"),
        (MODEL.format("tolerance: 0.1"), "models[0].tolerance must be a mapping, not the number"),
        (MODEL.format("tolerance: {relative: -1}"), "relative must be 0 or more, not the number"),
        (MODEL.format("tolerance: {relative: '1'}"), "relative must be a number, not the text '1'"),
        (MODEL.format("tolerance: {relative: true}"), "relative must be a number, not true"),
        (MODEL.format("tolerance: {absolute: 1e999}"), "absolute must be a finite number"),
        (MODEL.format("tolerance: {absolute: .nan}"), "must be a number, not the text '.nan'"),
        (
            MODEL.format("preprocessing: {training: training/features.py:encode}"),
            "not 'training/features.py:encode'; did you mean 'training.features:encode'?",
        ),
        (MODEL.format("preprocessing: {training: 'a b'}"), "must be written as module:function"),
        (MODEL.format("preprocessing: {training: 'a:b', python: x}"), "must be the path of a prog"),
        (MODEL.format("preprocessing: {training: 'a:b', python: data}"), "must be the path of a"),
        (
            MODEL.format("sensitivity: {ignore: {a: b}}"),
            "models[0].sensitivity has no key 'ignore'; did you mean 'ignores'?",
        ),
        (MODEL.format("sensitivity: [a]"), "models[0].sensitivity must be a mapping, not a list"),
        (
            MODEL.format("sensitivity: {ignores: [a]}"),
            "models[0].sensitivity.ignores must be a mapping, not a list",
        ),
        (
            MODEL.format("sensitivity: {ignores: {a: }}"),
            "models[0].sensitivity.ignores.a must be text, not nothing",
        ),
        (
            MODEL.format("sensitivity: {ignores: {a: ' '}}"),
            "models[0].sensitivity.ignores.a must not be empty",
        ),
        (MODEL.format("sensitivity: {ignores: {a: 1}}"), "ignores.a must be text, not the number"),
        (
            MODEL.format("checks: {version/layot: {severity: advisory, reason: x}}"),
            "must be the id of a check, not 'version/layot'; did you mean 'version/layout'?",
        ),
        (
            MODEL.format("checks: {version/layout: {severity: warning, reason: x}}"),
            "models[0].checks.version/layout.severity must be 'blocking' or 'advisory'",
        ),
        (
            MODEL.format("checks: {version/layout: {severity: advisory}}"),
            "models[0].checks.version/layout.reason is missing",
        ),
        (
            MODEL.format("checks: [version/layout]"),
            "models[0].checks must be a mapping, not a list",
        ),
        ("accept: [{check: version/layout, model: a, version: 1}]", "accept[0].reason is missing"),
        ("accept: [{check: version/layout, model: a, reason: x}]", "accept[0].version is missing"),
        ("accept: [{check: nope, model: a, version: 1, reason: x}]", "accept[0].check must be the"),
        (
            "accept: [{check: 1, model: a, version: 1.0, reason: x}]",
            "must be a version number such",
        ),
        ("accept: [{check: 1, model: a, version: v1, reason: x}]", "not the text 'v1'"),
        ("accept: [{check: 1, model: a, version: true, reason: x}]", "not true"),
        (
            f"accept: [{{check: 1, model: a, version: {2**63}, reason: x}}]",
            "must be a version numb",
        ),
        ("ignore: x", "ignore must be a list, not the text 'x'"),
        ("ignore: [{}]", "ignore[0] must be text, not a mapping"),
        ("- serving", "the configuration must be a mapping, not a list"),
    ],
)
def test_a_mistake_is_named_with_its_line(repository: Path, text: str, expected: str) -> None:
    found = mistakes(repository, f"# a comment\n{text}\n")
    assert any(one.startswith("servegate.yml:2: ") and expected in one for one in found), found


def test_documented_keys_of_later_versions_are_not_passed_over(repository: Path) -> None:
    text = MODEL.format("preprocessing: {training: 'a:b', vocabulary: {a: b}}")
    [found] = mistakes(repository, text)
    assert found.startswith("servegate.yml:1: ")
    assert found.endswith(" is not supported yet by this version")


def test_all_mistakes_come_at_once_and_by_line(repository: Path) -> None:
    text = """\
serving:
  rolout: image
  load_timeout: soon
models:
  - name: a
    path: models/nope
  - name: a
    path: models/price
    examples: nope.jsonl
    path: models/sentiment
accept:
  - check: version/layout
    model: b
    version: x
ignore: !glob
  - third_party
"""
    found = mistakes(repository, text)
    lines = [int(one.split(":")[1]) for one in found]
    assert lines == [2, 3, 6, 7, 9, 10, 12, 13, 14, 15]
    assert "models[1].name is 'a', as models[0].name is" in found[3]
    assert "the key 'path' stands twice, first on line 8" in found[5]
    assert "accept[0].reason is missing" in found[6]
    assert "accept[0].model: there is no model 'b'" in found[7]


def test_discovered_models_may_be_named_in_accept(repository: Path) -> None:
    assert loaded(repository, ACCEPT.format("").replace(", }", "}")).accept[0].model == "a"


@pytest.mark.parametrize("key", ["path", "baseline"])
def test_a_directory_behind_a_link_out_of_the_repository_is_refused(
    repository: Path, tmp_path_factory: pytest.TempPathFactory, key: str
) -> None:
    (repository / "link").symlink_to(tmp_path_factory.mktemp("elsewhere"))
    keys = {"name": "a", "path": "models/price", key: "link"}
    [found] = mistakes(repository, f"models: [{keys}]")
    assert "leads out of the repository through a symbolic link: 'link'" in found


def test_a_link_within_the_repository_is_followed(repository: Path) -> None:
    (repository / "current").symlink_to("models/price")
    assert loaded(repository, "models: [{name: a, path: current}]").models[0].path == "current"


def test_a_link_in_a_circle_is_a_mistake(repository: Path) -> None:
    (repository / "circle").symlink_to("circle")
    [found] = mistakes(repository, "models: [{name: a, path: circle}]")
    assert "cannot be followed: 'circle'" in found
