"""Versions that load, come, go, and are broken."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from tests.support.lifecycle import Scenario
from tests.support.lives.actions import (
    BOTH,
    MADE,
    asked,
    changed,
    corrupt,
    halve,
    logged,
    repaired,
    version,
)

GARBAGE = b"this is not a protobuf at all\n" * 10

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
        before=(changed("emptyver", MADE), changed("emptyver/1", MADE)),
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
        before=(changed("empty", MADE),),
        after=(logged("No versions of servable", 2), version("empty/1"), BOTH),
    ),
    "base_path_is_a_file": Scenario(before=(changed("filebase", Path.touch),)),
    "relative_base_path": Scenario(),
    "empty_base_path_poll0": Scenario(before=(changed("polloff", MADE),)),
    "missing_base_path_poll0": Scenario(),
}
