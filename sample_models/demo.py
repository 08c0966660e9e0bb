"""`make demo`: gates demonstration pull requests and shows what a reviewer would see."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from sample_models.build import PROJECT, build_all
from sample_models.plans import Story
from sample_models.pull_requests import PullRequest, pull_requests
from servegate.findings import Verdict

FOLDER = PROJECT / "build" / "demo"

_STORIES = {
    Story.HEALTHY: "A healthy change.",
    Story.STALE: "Stale: the server would go on answering from the old version.",
    Story.FED_THE_WRONG_THING: "Fed the wrong thing: clients send what training never saw.",
    Story.DEAF: "Deaf: the graph ignores its input.",
}
_EXIT = {0: Verdict.ACCEPTED, 1: Verdict.REJECTED, 3: Verdict.UNDECIDED}


def main() -> int:
    """Runs the demonstration; 0 if every pull request got the verdict that it deserves."""
    console = Console(highlight=False)
    console.print("Training the sample models (once; about a quarter of a minute) …")
    built = build_all()
    shutil.rmtree(FOLDER, ignore_errors=True)
    requests = pull_requests(built, FOLDER / "pull-requests")
    verdicts = [_gate(console, one) for one in requests]
    _conclude(console, requests, verdicts)
    expected = [one.expected_verdict for one in requests]
    return 0 if verdicts == expected else 1


def _gate(console: Console, request: PullRequest) -> Verdict | None:
    console.print()
    console.rule(f"[bold]{request.title}", align="left")
    console.print(f"[italic]{_STORIES[request.story]}[/]\n")
    command = [
        sys.executable,
        str(PROJECT / "entrypoint.py"),
        "gate",
        "--base",
        request.base,
        "--output",
        str(_reports(request)),
    ]
    ended = subprocess.run(command, cwd=request.repository, check=False)
    return _EXIT.get(ended.returncode)


def _reports(request: PullRequest) -> Path:
    return FOLDER / "reports" / request.name


def _conclude(
    console: Console, requests: Sequence[PullRequest], verdicts: Sequence[Verdict | None]
) -> None:
    table = Table(title="What the gate said", title_justify="left", box=None, pad_edge=False)
    for heading in ("pull request", "story", "verdict", ""):
        table.add_column(heading, justify="left")
    for request, verdict in zip(requests, verdicts, strict=True):
        as_expected = verdict is request.expected_verdict
        table.add_row(
            request.title,
            request.story.value,
            verdict.value if verdict else "none",
            "as it should be" if as_expected else f"expected: {request.expected_verdict}",
        )
    console.print()
    console.print(table)
    console.print(f"\nThe reports are in {FOLDER.relative_to(PROJECT) / 'reports'}.")


if __name__ == "__main__":
    raise SystemExit(main())
