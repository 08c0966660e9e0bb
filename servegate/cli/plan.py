"""`plan`: what a run would examine, and a matrix of jobs that share it."""

from __future__ import annotations

import argparse
import json
import os
import sys
import uuid
from pathlib import Path

from servegate.changes.event import read_event
from servegate.cli.registry import known_checks
from servegate.cli.selecting import selection_options
from servegate.cli.writing import append
from servegate.deadline import Deadline
from servegate.pipeline.plan import Plan
from servegate.pipeline.plan import plan as make_plan
from servegate.report.outputs import output
from servegate.report.safe import log, shorten, stopped_commands, unicode_text

SCHEMA = 1
_NAME_LENGTH = 100  # characters of a job's name
_LONGEST = 600.0  # seconds; git may have to fetch


def plan(arguments: argparse.Namespace) -> int:
    """Prints JSON; in GitHub Actions the step's output `matrix` holds the matrix as well."""
    made = make_plan(
        selection_options(arguments),
        read_event(os.environ),
        known_checks(),
        Deadline.after(_LONGEST),
        arguments.shards,
    )
    text = json.dumps(_document(made), indent=2) + "\n"
    if os.environ.get("GITHUB_ACTIONS") != "true":
        sys.stdout.write(text)
        return 0
    sys.stdout.write(stopped_commands(log(text), f"servegate-{uuid.uuid4()}") + "\n")
    if file := os.environ.get("GITHUB_OUTPUT"):
        append(Path(file), output("matrix", json.dumps(_matrix(made)), str(uuid.uuid4())))
    return 0


def _document(made: Plan) -> dict[str, object]:
    comparison = made.selection.comparison
    return {
        "schema": SCHEMA,
        "base": comparison.base,
        "head": comparison.head,
        "reason": unicode_text(comparison.reason),
        "models": [
            {
                "name": unicode_text(one.change.name),
                "path": unicode_text(one.change.path),
                "candidate": one.version,
                "reason": one.change.kind,
            }
            for one in made.selection.subjects
        ],
        "unclaimed": [unicode_text(one.path) for one in made.selection.unclaimed],
        "matrix": _matrix(made),
    }


def _matrix(made: Plan) -> dict[str, object]:
    """For `strategy.matrix: ${{ fromJSON(…) }}`; `models` is for the job's name alone."""
    return {
        "include": [
            {
                "shard": job.shard.index,
                "total": job.shard.total,
                "models": unicode_text(shorten(", ".join(job.labels), _NAME_LENGTH)),
            }
            for job in made.jobs
        ]
    }
