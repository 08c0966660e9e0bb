"""The scenarios of the recorded lives: what lay where, and what changed when.

A name is that of the recording. What is not said here (flags, configurations) is recorded.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from tests.support.embedded import free_port
from tests.support.lifecycle import Action, Play, Scenario
from tests.support.processes import eventually
from tests.support.tinymodels import tensor_proto, write_warmup

# isort: split
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

GARBAGE = b"this is not a protobuf at all\n" * 10


def version(path: str, number: int = 1) -> Action:
    """The model `times/<number>` lies, or appears, at a path: `base/1`."""
    return lambda play: play.put(path, number)


def asked(*cases: str) -> Action:
    """Recorded questions, put until the answer is the recorded one."""

    def ask(play: Play) -> None:
        for case in cases:
            play.asks(case)

    return ask


def logged(text: str, times: int = 1) -> Action:
    """Waits until the log holds a text."""
    return lambda play: play.server.logged(play.stage.located(text), times=times)


def retried_in_vain(seconds: float) -> Action:
    """Waits until the last of the retries has failed."""

    def wait(play: Play) -> None:
        assert eventually(lambda: "cannot be loaded" in play.server.log, seconds)

    return wait


def logged_again(text: str) -> Action:
    """Waits until the log holds a text once more than it does now."""
    return lambda play: play.server.logged(text, times=play.server.log.count(text) + 1)


def changed(path: str, change: object) -> Action:
    """Something is done to a file of the scratch folder."""
    assert callable(change)
    return lambda play: change(play.path(path))


def halve(file: Path) -> None:
    """Half of a file is lost."""
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2])


def forbid(path: Path) -> None:
    """Nobody may read it."""
    path.chmod(0)


def configured(name: str, text: str) -> Action:
    """A configuration file is written, or replaced."""
    return lambda play: play.configure(name, text)


def corrupt(base: str) -> Action:
    """A second version appears whose graph is cut in half."""

    def appear(play: Play) -> None:
        staged = play.path("corrupt")
        shutil.copytree(play.stage.models / "times" / "2", staged)
        halve(staged / "saved_model.pb")
        staged.rename(play.path(f"{base}/2"))

    return appear


def unreadable(path: str) -> Action:
    """A second version appears that the server may not read."""

    def appear(play: Play) -> None:
        staged = play.put(f"{path}/.staged", 2)
        forbid(staged)
        staged.rename(play.path(f"{path}/2"))

    return appear


def repaired(base: str) -> Action:
    """The second version's graph is made whole."""
    return lambda play: shutil.copy(
        play.stage.models / "times/2/saved_model.pb", play.path(f"{base}/2/saved_model.pb")
    )


def taken(flag: str, port: str) -> Action:
    """A port of the server is another one's already."""

    def take(play: Play) -> None:
        play.flags = (f"--{flag}={getattr(play.neighbour(), port)}",)

    return take


def one_port(play: Play) -> None:
    """Both APIs are given the same port."""
    port = free_port()
    play.flags = (f"--port={port}", f"--rest_api_port={port}")


BOTH = asked("0.status", "0.predict")
_FLAGS = version("flags/1")
_MAKE = Path.mkdir
_HPT = 'config { name: "hpt" base_path: "$ROOT/models/%s" model_platform: "tensorflow" }'
_HPT %= "saved_model_half_plus_two_2_versions"
_TIMES = 'config { name: "times" base_path: "$ROOT/served/flags" model_platform: "tensorflow" }'
_SPEC = (version("spec/1"), version("spec/2", 2))


def odd(name: str, *directories: str) -> Scenario:
    """Oddly named directories; the n-th holds the model n."""
    before = tuple(version(f"{name}/{one}", n) for n, one in enumerate(directories, 1))
    return Scenario(before=before, after=(BOTH,))


SCENARIOS: Mapping[str, Scenario] = {
    "normal_load": Scenario(before=(version("normal/1"),), after=(BOTH,)),
    "hot_swap_latest2": Scenario(
        before=(version("swap2/1"), version("swap2/2", 2)),
        after=(BOTH, version("swap2/3", 3), asked("1.status", "1.predict")),
        side_by_side=True,
    ),
    "base_path_removed": Scenario(
        before=(version("gone2/1"),),
        after=(
            BOTH,
            changed("gone2", shutil.rmtree),
            logged("Could not find base path", 2),
            asked("1.status", "1.predict"),
        ),
    ),
    "corrupt_new_version_retries_default_interval_0.5s": Scenario(
        before=(version("corrupt5/1"),),
        after=(logged("Exporting HTTP"), corrupt("corrupt5")),
    ),
    "corrupt_new_version_repaired_during_retries": Scenario(
        before=(version("corrupt_fix/1"),),
        after=(
            logged("Exporting HTTP"),
            corrupt("corrupt_fix"),
            logged("Read less bytes than requested", 2),
            repaired("corrupt_fix"),
            BOTH,
        ),
    ),
    "corrupt_new_version_default_flags": Scenario(
        before=(version("corruptdef/1"),),
        after=(logged("Exporting HTTP"), corrupt("corruptdef"), BOTH),
    ),
    "corrupt_only_version_default_flags": Scenario(
        before=(version("corruptonly/1"), changed("corruptonly/1/saved_model.pb", halve)),
    ),
    "garbage_saved_model_pb": Scenario(
        before=(
            version("garbage/1"),
            changed("garbage/1/saved_model.pb", lambda file: file.write_bytes(GARBAGE)),
        ),
    ),
    "zero_byte_saved_model_pb": Scenario(
        before=(
            version("zero/1"),
            changed("zero/1/saved_model.pb", lambda file: file.write_bytes(b"")),
        ),
    ),
    "empty_version_dir": Scenario(
        before=(changed("emptyver", _MAKE), changed("emptyver/1", _MAKE)),
    ),
    "missing_variables": Scenario(
        before=(version("novars/1"), changed("novars/1/variables", shutil.rmtree)),
    ),
    "truncated_variables_data": Scenario(
        before=(
            version("badvars/1"),
            changed("badvars/1/variables/variables.data-00000-of-00001", halve),
        ),
    ),
    "tag_not_found": Scenario(before=(version("badtag/1"),)),
    "empty_base_path": Scenario(
        before=(changed("empty", _MAKE),),
        after=(logged("No versions of servable", 2), version("empty/1"), BOTH),
    ),
    "base_path_is_a_file": Scenario(before=(changed("filebase", Path.touch),)),
    "relative_base_path": Scenario(),
    "empty_base_path_poll0": Scenario(before=(changed("polloff", _MAKE),)),
    "missing_base_path_poll0": Scenario(),
    "unreadable_base_path_nonroot": Scenario(
        before=(version("unread_base/1"), changed("unread_base", forbid)), unprivileged=True
    ),
    "unlistable_base_path_nonroot": Scenario(
        before=(
            version("exec_only_base/1"),
            changed("exec_only_base", lambda path: path.chmod(0o100)),
        ),
        unprivileged=True,
    ),
    "unreadable_version_dir_nonroot": Scenario(
        before=(version("unread_ver/1"), changed("unread_ver/1", forbid)), unprivileged=True
    ),
    "unreadable_saved_model_pb_nonroot": Scenario(
        before=(version("unread_pb/1"), changed("unread_pb/1/saved_model.pb", forbid)),
        unprivileged=True,
    ),
    "unreadable_variables_nonroot": Scenario(
        before=(version("unread_vars/1"), changed("unread_vars/1/variables", forbid)),
        unprivileged=True,
    ),
    "new_version_unreadable_nonroot": Scenario(
        before=(version("unread_new/1"),),
        after=(logged("Exporting HTTP"), unreadable("unread_new"), BOTH),
        unprivileged=True,
    ),
    "specific_absent_version": Scenario(
        before=_SPEC,
        after=(logged("No versions of servable", 2), version("spec/9", 3), BOTH),
    ),
    "specific_one_present_one_absent": Scenario(before=_SPEC, after=(BOTH,)),
    "specific_no_versions": Scenario(before=_SPEC),
    "specific_duplicate_versions": Scenario(before=_SPEC, after=(BOTH,)),
    "specific_version_with_leading_zero_dir": Scenario(
        before=(version("spec/0001"), version("spec/2", 2)), after=(BOTH,), side_by_side=True
    ),
    "odd_names_latest5": Scenario(
        before=(
            version("odd/1"),
            version("odd/01", 2),
            version("odd/v2", 3),
            version("odd/3.tmp", 3),
            version("odd/00000123", 3),
        ),
        after=(BOTH, asked("v1", "v123")),
        side_by_side=True,
    ),
    "odd_plus": odd("odd_plus", "+5", "1"),
    "odd_minus": odd("odd_minus", "-3"),
    "odd_space": odd("odd_space", " 7", "1"),
    "odd_trailspace": odd("odd_trailspace", "7 ", "1"),
    "odd_huge": odd("odd_huge", "99999999999999999999", "1"),
    "odd_int64max": odd("odd_int64max", "9223372036854775807", "1"),
    "odd_exp": odd("odd_exp", "1e3", "1"),
    "odd_unicode": odd("odd_unicode", "\u0661\u0662", "1"),
    "odd_timestamp": odd("odd_timestamp", "1700000000", "20240101"),
    "odd_regular_file_named_8": Scenario(
        before=(version("odd_file/1"), changed("odd_file/8", Path.touch))
    ),
    "odd_symlink_named_9": Scenario(
        before=(
            version("odd_link/1"),
            lambda play: play.path("odd_link/9").symlink_to(play.stage.models / "times" / "2"),
        ),
        after=(BOTH,),
    ),
    "odd_dangling_symlink_9": Scenario(
        before=(
            version("odd_dangling/1"),
            changed("odd_dangling/9", lambda link: link.symlink_to("/nonexistent")),
        ),
    ),
    "flag_no_base_path": Scenario(),
    "flag_unknown": Scenario(before=(_FLAGS,)),
    "flag_positional": Scenario(before=(_FLAGS,)),
    "flag_badvalue": Scenario(),
    "flag_same_ports": Scenario(before=(_FLAGS, one_port)),
    "config_missing": Scenario(),
    "config_syntax_error": Scenario(),
    "config_unknown_field": Scenario(),
    "config_empty": Scenario(),
    "config_empty_list": Scenario(),
    "config_duplicate_name": Scenario(before=(_FLAGS,)),
    "config_same_base_two_names": Scenario(before=(_FLAGS,), after=(BOTH,), side_by_side=True),
    "config_no_platform": Scenario(before=(_FLAGS,)),
    "config_bad_platform": Scenario(before=(_FLAGS,)),
    "config_empty_name": Scenario(before=(_FLAGS,)),
    "config_relative_base": Scenario(),
    "config_one_good_one_missing_base": Scenario(before=(_FLAGS,)),
    "config_one_good_one_corrupt": Scenario(
        before=(_FLAGS, version("brk/1"), changed("brk/1/saved_model.pb", halve)),
        side_by_side=True,
    ),
    "label_unavailable_with_flag": Scenario(
        before=(_FLAGS,),
        after=(
            BOTH,
            asked("labels.stable", "labels.canary_unavailable", "labels.canary_status"),
        ),
    ),
    "config_poll_reload": Scenario(
        before=(_FLAGS, configured("poll", f"model_config_list {{ {_TIMES} }}")),
        after=(
            BOTH,
            configured("poll", f"model_config_list {{ {_TIMES} {_HPT} }}"),
            asked("1.added"),
            logged("(Re-)adding model: hpt", 2),
            configured("poll", f"model_config_list {{ {_HPT} }}"),
            asked("2.status", "2.predict"),
            logged_again("Finished adding/updating models"),
            configured("poll", "model_config_list { broken"),
            logged("Failed to read ModelServerConfig file"),
            asked("3.bad_config"),
        ),
    ),
    "rest_port_in_use": Scenario(before=(_FLAGS, taken("rest_api_port", "rest_port"))),
    "grpc_port_in_use": Scenario(before=(_FLAGS, taken("port", "grpc_port"))),
    "port_holder": Scenario(before=(_FLAGS,)),
}


def prediction(signature: str = "", name: str = "x") -> bytes:
    """A warm-up record: a predict request of one number."""
    record = PredictionLog()
    request = record.predict_log.request
    request.model_spec.name = "times"
    request.model_spec.signature_name = signature
    request.inputs[name].CopyFrom(tensor_proto([1.0], "float32"))
    return bytes(record.SerializeToString())


def warmed_up(base: str, *records: bytes) -> Scenario:
    """A version with warm-up records."""

    def write(play: Play) -> None:
        write_warmup(play.path(f"{base}/1"), records)

    return Scenario(before=(version(f"{base}/1"), write))


def not_a_tfrecord(play: Play) -> None:
    """The warm-up file is text."""
    path = write_warmup(play.path("warmup_notrecord/1"), ())
    path.write_bytes(b"this is not a tfrecord file at all, just text")


def _flags(base: str, *more: str) -> Mapping[str, object]:
    """What is known of a life whose summary was not kept: it ended by SIGTERM."""
    flags = ["--model_name=times", f"--model_base_path={base}", *more]
    return {"flags": flags, "alive_at_end": True, "exit_code": -15}


def _refused(base: str, *more: str) -> Mapping[str, object]:
    """The same, of one that did not start."""
    return {**_flags(base, *more), "alive_at_end": False, "exit_code": 255}


_ONCE = "--max_num_load_retries=0"
_SERVED = "$ROOT/served"

MORE_LIVES: Mapping[str, Mapping[str, object]] = {
    "corrupt_new_version_default_flags_full": _flags(f"{_SERVED}/times"),
    "hot_swap": _flags(f"{_SERVED}/hot/times"),
    "signal_SIGTERM": _flags("$ROOT/models/times"),
    "signal_SIGINT": {**_flags("$ROOT/models/times"), "exit_code": -2},
    "corrupt_only_version": _refused(f"{_SERVED}/broken/times", _ONCE),
    "batching_params_without_enable": _refused(
        "$ROOT/models/times", "--batching_parameters_file=x"
    ),
    "labels_at_startup_without_allow_flag": {
        "flags": ["--model_config_file=$ROOT/served/labels.config"],
        "alive_at_end": False,
        "exit_code": 255,
    },
    "warmup_ok": _flags(f"{_SERVED}/warmup_ok", _ONCE),
    "warmup_bad_signature": _refused(f"{_SERVED}/warmup_bad_signature", _ONCE),
    "warmup_bad_input": _refused(f"{_SERVED}/warmup_bad_input", _ONCE),
    "warmup_garbage_record": _refused(f"{_SERVED}/warmup_garbage_record", _ONCE),
    "warmup_not_a_tfrecord": _refused(f"{_SERVED}/warmup_notrecord", _ONCE),
    "warmup_1001_records": _refused(f"{_SERVED}/warmup_1001_records", _ONCE),
}
"""Lives of which the recordings hold the log alone."""

LONG = "corrupt_new_version_default_flags_full"
"""It waits for the five retries of the default flags, a minute each."""

MORE_SCENARIOS: Mapping[str, Scenario] = {
    LONG: Scenario(
        before=(version("times/1"),),
        after=(logged("Exporting HTTP"), corrupt("times"), retried_in_vain(400)),
    ),
    "hot_swap": Scenario(
        before=(version("hot/times/1"),),
        after=(
            logged("Exporting HTTP"),
            version("hot/times/2", 2),
            logged("Done unloading servable version {name: times version: 1}"),
            changed("hot/times/2", shutil.rmtree),
            logged("Done unloading servable version {name: times version: 2}"),
            changed("hot/times/3", _MAKE),
            logged("failed: NOT_FOUND: Specified file path"),
            changed("hot/times/1", shutil.rmtree),
            changed("hot/times/3", shutil.rmtree),
            logged("No versions of servable times"),
            changed("hot/times", shutil.rmtree),
        ),
    ),
    "signal_SIGTERM": Scenario(),
    "signal_SIGINT": Scenario(),
    "corrupt_only_version": Scenario(
        before=(version("broken/times/1"), changed("broken/times/1/saved_model.pb", halve)),
    ),
    "batching_params_without_enable": Scenario(),
    "labels_at_startup_without_allow_flag": Scenario(
        before=(
            configured(
                "labels",
                "model_config_list { "
                + _HPT.removesuffix("}")
                + 'version_labels { key: "canary" value: 124 } } }',
            ),
        ),
    ),
    "warmup_ok": warmed_up("warmup_ok", *[prediction()] * 3),
    "warmup_bad_signature": warmed_up("warmup_bad_signature", prediction("nope")),
    "warmup_bad_input": warmed_up("warmup_bad_input", prediction(name="zz")),
    "warmup_garbage_record": warmed_up("warmup_garbage_record", b"\xff\xfe\xfd"),
    "warmup_not_a_tfrecord": Scenario(before=(version("warmup_notrecord/1"), not_a_tfrecord)),
    "warmup_1001_records": warmed_up("warmup_1001_records", *[prediction()] * 1001),
}
