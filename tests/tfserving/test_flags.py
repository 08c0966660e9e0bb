"""The flags of tensorflow_model_server, as its parser reads them."""

from __future__ import annotations

import pytest

from servegate.tfserving.flags import FLAGS, FlagType, parse_flags, parse_value, usage


def test_defaults_are_those_of_tf_serving() -> None:
    flags = parse_flags([])
    assert flags.number("port") == 8500
    assert flags.number("file_system_poll_wait_seconds") == 1
    assert flags.number("load_retry_interval_micros") == 60_000_000
    assert flags.text("saved_model_tags") == "serve"
    assert flags.enabled("enable_model_warmup")
    assert flags.given == ()


def test_the_last_of_several_values_holds() -> None:
    flags = parse_flags(["--port=1", "--port=2"])
    assert flags.number("port") == 2
    assert flags.given == ("port",)


def test_a_bare_boolean_is_true() -> None:
    assert parse_flags(["--enable_batching"]).enabled("enable_batching")
    assert not parse_flags(["--enable_batching=false"]).enabled("enable_batching")


@pytest.mark.parametrize(
    "argument", ["--prot=1", "--port", "-port=1", "port=1", "extra", "--", "--no_such=1"]
)
def test_what_is_no_flag_is_unknown(argument: str) -> None:
    flags = parse_flags(["--model_name=m", argument])
    assert flags.unknown == (argument,)
    assert flags.number("port") == 8500
    assert not flags.mistakes


def test_a_value_after_a_space_is_two_unknown_arguments() -> None:
    assert parse_flags(["--port", "8000"]).unknown == ("--port", "8000")


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("--port=abc", "Couldn't interpret value abc for flag port."),
        ("--port=1.5", "Couldn't interpret value 1.5 for flag port."),
        ("--port=2147483648", "Couldn't interpret value 2147483648 for flag port."),
        ("--port=", "Couldn't interpret value  for flag port."),
        ("--enable_batching=1", "Couldn't interpret value 1 for flag enable_batching."),
    ],
)
def test_values_that_cannot_be_read(argument: str, message: str) -> None:
    assert parse_flags([argument]).mistakes == (message,)


def test_a_string_may_hold_anything() -> None:
    assert parse_flags(["--model_name=a=b c"]).text("model_name") == "a=b c"


def test_int64_goes_further_than_int32() -> None:
    assert parse_value(FlagType.INT64, "2147483648") == 2**31
    assert parse_value(FlagType.INT64, str(2**63)) is None


def test_the_usage_names_every_flag_once() -> None:
    text = usage()
    assert all(text.count(f"\t--{flag.name}=") == 1 for flag in FLAGS)
    assert '--saved_model_tags="serve"' in text


def test_help_is_asked_for() -> None:
    flags = parse_flags(["--help"])
    assert flags.help
    assert flags.unknown == ()
