"""Names that are versions or nearly so, and policies that ask for some of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.support.lifecycle import Scenario
from tests.support.lives.actions import BOTH, asked, changed, logged, version

_SPEC = (version("spec/1"), version("spec/2", 2))


def odd(name: str, *directories: str) -> Scenario:
    """Oddly named directories; the n-th holds the model n."""
    before = tuple(version(f"{name}/{one}", n) for n, one in enumerate(directories, 1))
    return Scenario(before=before, after=(BOTH,))


SCENARIOS: Mapping[str, Scenario] = {
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
}
