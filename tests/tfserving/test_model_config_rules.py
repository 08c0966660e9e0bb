from __future__ import annotations

from pathlib import Path

import pytest

from servegate.tfserving.model_config import BadModelConfig, read_model_config
from servegate.tfserving.model_config_rules import Problem, problems
from tests.conftest import PROJECT

GOOD = 'config { name: "a" base_path: "/models/a" model_platform: "tensorflow" }'


def found(*configs: str) -> tuple[Problem, ...]:
    lines = "\n".join(configs)
    return problems(read_model_config(f"model_config_list {{\n{lines}\n}}".encode()))


@pytest.mark.parametrize(
    "config",
    [
        GOOD,
        GOOD.replace("/models/a", "s3://bucket/a"),
        GOOD.replace("/models/a", "file:///a"),
        GOOD.replace('model_platform: "tensorflow"', "model_type: TENSORFLOW"),
    ],
)
def test_what_tf_serving_starts_on_has_no_problem(config: str) -> None:
    assert found(config, GOOD.replace('name: "a"', 'name: "b"')) == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("/models/a", "models/a"), "absolute path or URI; got base_path()=models/a"),
        (("/models/a", ""), "absolute path or URI; got base_path()="),
        (("/models/a", "C:/models"), "absolute path or URI; got base_path()=C:/models"),
        (('model_platform: "tensorflow"', ""), "Illegal setting neither"),
        (("model_platform", "model_type: TENSORFLOW model_platform"), "Illegal setting both"),
        (('model_platform: "tensorflow"', "model_type: OTHER"), "choice OTHER not supported"),
        (('model_platform: "tensorflow"', "model_type: 7"), "choice 7 not supported"),
        (('"tensorflow"', '"onnx"'), "Model a requests unsupported platform onnx"),
    ],
)
def test_what_tf_serving_does_not_start_on(change: tuple[str, str], message: str) -> None:
    [problem] = found(
        "# the first line is the list's", GOOD.replace(*change), GOOD.replace('"a"', '"b"')
    )
    assert message in problem.message
    assert problem.fatal
    assert problem.line == 3


def test_a_platform_of_the_platform_config_file_is_supported() -> None:
    config = read_model_config(
        f"model_config_list {{ {GOOD.replace('tensorflow', 'hashmap')} }}".encode()
    )
    assert problems(config, platforms=("hashmap",)) == ()
    assert len(problems(config)) == 1


def test_a_name_that_is_listed_twice_is_a_problem_where_it_is_repeated() -> None:
    repeated = found(GOOD, GOOD.replace('name: "a"', 'name: "b"'), GOOD, GOOD)
    assert [one.line for one in repeated] == [4, 5]
    assert {one.message for one in repeated} == {
        "Illegal to list model a multiple times in config list"
    }


def test_what_tf_serving_starts_on_and_nobody_can_use() -> None:
    [nameless] = found(GOOD.replace('name: "a"', ""))
    assert (nameless.line, nameless.fatal) == (2, False)
    [nothing] = found()
    assert not nothing.fatal
    [neither] = problems(read_model_config(b"# nothing"))
    assert not neither.fatal


def test_a_custom_config_is_fatal() -> None:
    [problem] = problems(read_model_config(b"\ncustom_model_config { }"))
    assert problem == Problem(
        message="ModelServer does not yet support custom model config.", line=2
    )


def test_all_problems_are_listed_by_line() -> None:
    listed = found("config {", "base_path: 'x'", "model_platform: 'y'", "}", "config { name: 'b' }")
    assert [one.line for one in listed] == [2, 3, 4, 6, 6]


@pytest.fixture(scope="module")
def conformance() -> Path:
    folder = PROJECT.parent / "shared" / "conformance"
    if not folder.is_dir():
        pytest.skip("../shared/conformance is not there")
    return folder


def recorded_end(conformance: Path, scenario: str) -> str:
    """The reason for which the recorded server did not start, empty when it did."""
    log = (conformance / "logs" / f"{scenario}.log").read_text(errors="replace")
    _, found, reason = log.partition("Failed to start server. Error: INVALID_ARGUMENT: ")
    return reason.splitlines()[0] if found else ""


@pytest.mark.parametrize(
    ("scenario", "file"),
    [
        ("config_bad_platform", "lifecycle_bp"),
        ("config_duplicate_name", "lifecycle_dup"),
        ("config_no_platform", "lifecycle_np"),
        ("config_relative_base", "lifecycle_rb"),
        ("config_empty_name", "lifecycle_en"),
        ("config_empty_list", "lifecycle_empty2"),
        ("config_same_base_two_names", "lifecycle_dup2"),
        ("config_one_good_one_missing_base", "lifecycle_two"),
    ],
)
def test_the_recorded_server_says_the_same(conformance: Path, scenario: str, file: str) -> None:
    content = (conformance / "configs" / f"{file}.config").read_bytes()
    # `$ROOT` stands for the absolute folder of the recording.
    config = read_model_config(content.replace(b"$ROOT", b"/root"))
    fatal = [one.message for one in problems(config) if one.fatal]
    assert fatal == [one for one in [recorded_end(conformance, scenario)] if one]


@pytest.mark.parametrize(
    ("scenario", "file"),
    [
        ("config_syntax_error", "lifecycle_bad"),
        ("config_unknown_field", "lifecycle_bad2"),
        ("config_empty", "lifecycle_empty"),
        ("config_poll_reload", "lifecycle_poll"),
    ],
)
def test_what_the_recorded_server_could_not_read_is_refused(
    conformance: Path, scenario: str, file: str
) -> None:
    log = (conformance / "logs" / f"{scenario}.log").read_text(errors="replace")
    assert "Invalid protobuf file" in log or "Invalid argument" in log
    with pytest.raises(BadModelConfig) as caught:
        read_model_config((conformance / "configs" / f"{file}.config").read_bytes())
    assert caught.value.line == 1


def test_every_recorded_config_is_read(conformance: Path) -> None:
    unreadable = {"lifecycle_bad", "lifecycle_bad2", "lifecycle_empty", "lifecycle_poll"}
    configs = sorted((conformance / "configs").glob("*.config"))
    read = [read_model_config(one.read_bytes()) for one in configs if one.stem not in unreadable]
    assert len(read) == len(configs) - len(unreadable)
    assert sum(len(one.models) for one in read) > len(read)
