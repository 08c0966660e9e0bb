"""What is wrong with flags, and what comes of it."""

from __future__ import annotations

import pytest

from servegate.tfserving.flag_rules import Consequence, FlagProblem, flag_problems, hopeless


def _problem(*arguments: str, config_file: bool = False) -> FlagProblem:
    (found,) = flag_problems(arguments, config_file=config_file)
    return found


@pytest.mark.parametrize(
    ("argument", "meant"),
    [
        ("--enable_bacthing=true", "--enable_batching=true"),
        ("--enable-batching=true", "--enable_batching=true"),
        ("--noenable_model_warmup", "--enable_model_warmup=false"),
        ("--no_flush_filesystem_caches", "--flush_filesystem_caches=false"),
        ("--rest_api_port", "--rest_api_port=0"),
        ("--rest_api_port 8501", "--rest_api_port=8501"),
        ("--rest_api_prot=8501", "--rest_api_port=8501"),
    ],
)
def test_what_was_surely_meant_is_named(argument: str, meant: str) -> None:
    found = _problem(argument)

    assert found.consequence is Consequence.MISSPELT
    assert found.remedy == f"Write {meant}."


@pytest.mark.parametrize("argument", ["--", "--x", "--use_saved_model=true", "--nonsense=1"])
def test_a_name_that_resembles_none_may_be_another_servers(argument: str) -> None:
    assert _problem(argument).consequence is Consequence.UNKNOWN


@pytest.mark.parametrize("argument", ["--port=abc", "--enable_batching=1", "--help", "--version"])
def test_what_ends_the_server_at_once(argument: str) -> None:
    assert _problem(argument).consequence is Consequence.NO_START
    assert hopeless([argument]) is not None


def test_threads_may_be_told_in_one_way_alone() -> None:
    both = ["--tensorflow_intra_op_parallelism=2", "--tensorflow_inter_op_parallelism=2"]

    assert not flag_problems(both, config_file=False)
    found = _problem(*both, "--tensorflow_session_parallelism=2")
    assert found.consequence is Consequence.NO_START


def test_a_platform_of_its_own_ignores_what_is_for_sessions() -> None:
    flags = ["--batching_parameters_file=b.txt", "--platform_config_file=p.txt"]

    assert not flag_problems(flags, config_file=True)


def test_parameters_by_model_do_nothing_without_batching() -> None:
    found = _problem("--enable_per_model_batching_parameters=true")

    assert found.consequence is Consequence.IGNORED


def test_the_flag_for_labels_is_ordinary() -> None:
    assert not flag_problems(
        ["--allow_version_labels_for_unavailable_models=true"], config_file=True
    )


@pytest.mark.parametrize(
    ("seconds", "consequence"), [("0", Consequence.LOOKS_ONCE), ("-1", Consequence.NO_LOAD)]
)
def test_polling_is_switched_off(seconds: str, consequence: Consequence) -> None:
    argument = f"--file_system_poll_wait_seconds={seconds}"

    assert _problem(argument).consequence is consequence
    assert (hopeless([argument]) is not None) is (consequence is Consequence.NO_LOAD)


def test_of_several_values_the_last_holds() -> None:
    earlier, last = "--file_system_poll_wait_seconds=0", "--file_system_poll_wait_seconds=5"
    found = _problem(earlier, last)

    assert (found.argument, found.consequence) == (earlier, Consequence.IGNORED)
    assert not flag_problems([last, last], config_file=False)


def test_the_name_of_the_one_model_counts_without_a_file_of_models() -> None:
    flags = ["--model_name=m", "--model_base_path=/models/m"]

    assert not flag_problems(flags, config_file=False)
    assert len(flag_problems(flags, config_file=True)) == 2
    assert _problem(flags[0], "--model_config_file=/m").consequence is Consequence.IGNORED


def test_two_apis_on_no_port_do_not_collide() -> None:
    assert not flag_problems(["--port=0", "--rest_api_port=0"], config_file=False)
