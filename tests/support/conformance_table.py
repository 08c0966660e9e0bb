"""The table at the end of a run: how many recorded exchanges of each kind agree."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.conformance import Tally

_PROPERTY = "conformance"


def note(record_property: Callable[[str, object], None], tally: Tally, *, source: str) -> None:
    """Keeps a tally for the table; a worker's report carries it to whoever prints."""
    record_property(_PROPERTY, (f"{tally.kind} ({source})", tally.agreeing, tally.total))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints what the tests of this run have noted, if any."""
    rows = [
        value
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        for name, value in report.user_properties
        if name == _PROPERTY
    ]
    if not rows:
        return
    terminalreporter.section("agreement with TF Serving 2.20")
    terminalreporter.write_line(f"{'exchanges':24} {'agree':>6} {'of':>6} {'share':>8}")
    for kind, agreeing, total in sorted(rows):
        share = f"{100 * agreeing / total:.1f} %"
        terminalreporter.write_line(f"{kind:24} {agreeing:>6} {total:>6} {share:>8}")
