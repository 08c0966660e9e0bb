"""Versions that come and go, starts that fail: lives of which the recordings hold the log alone."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import Any

from tests.support.lifecycle import Scenario
from tests.support.lives.actions import (
    MADE,
    changed,
    configured,
    corrupt,
    halve,
    logged,
    retried_in_vain,
    version,
)
from tests.support.lives.configuration import HPT
from tests.support.lives.known import ONCE, SERVED, refused, stopped

LIVES: Mapping[str, Mapping[str, Any]] = {
    "corrupt_new_version_default_flags_full": stopped(f"{SERVED}/times"),
    "hot_swap": stopped(f"{SERVED}/hot/times"),
    "signal_SIGTERM": stopped("$ROOT/models/times"),
    "signal_SIGINT": {**stopped("$ROOT/models/times"), "exit_code": -2},
    "corrupt_only_version": refused(f"{SERVED}/broken/times", ONCE),
    "batching_params_without_enable": refused("$ROOT/models/times", "--batching_parameters_file=x"),
    "labels_at_startup_without_allow_flag": {
        "flags": ["--model_config_file=$ROOT/served/labels.config"],
        "alive_at_end": False,
        "exit_code": 255,
    },
}

LONG = "corrupt_new_version_default_flags_full"
"""It waits for the five retries of the default flags, a minute each."""

SCENARIOS: Mapping[str, Scenario] = {
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
            changed("hot/times/3", MADE),
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
                + HPT.removesuffix("}")
                + 'version_labels { key: "canary" value: 124 } } }',
            ),
        ),
    ),
}
