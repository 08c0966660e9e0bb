"""Flags, configuration files, labels and ports."""

from __future__ import annotations

from collections.abc import Mapping

from tests.support.lifecycle import Scenario
from tests.support.lives.actions import (
    BOTH,
    asked,
    changed,
    configured,
    halve,
    logged,
    logged_again,
    one_port,
    taken,
    version,
)

_FLAGS = version("flags/1")
HPT = 'config { name: "hpt" base_path: "$ROOT/models/%s" model_platform: "tensorflow" }'
HPT %= "saved_model_half_plus_two_2_versions"
_TIMES = 'config { name: "times" base_path: "$ROOT/served/flags" model_platform: "tensorflow" }'

SCENARIOS: Mapping[str, Scenario] = {
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
            configured("poll", f"model_config_list {{ {_TIMES} {HPT} }}"),
            asked("1.added"),
            logged("(Re-)adding model: hpt", 2),
            configured("poll", f"model_config_list {{ {HPT} }}"),
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
