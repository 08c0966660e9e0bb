"""What the server's user may not read."""

from __future__ import annotations

from collections.abc import Mapping

from tests.support.lifecycle import Scenario
from tests.support.lives.actions import BOTH, changed, forbid, logged, unreadable, version

SCENARIOS: Mapping[str, Scenario] = {
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
}
