"""`python -m docs.write_messages [CHECK…]`: what checks say of mutants, for `docs/checks.md`.

A mutant is a pull request with a fault (`tests/mutants/`); it is built and gated. Without arguments
all are asked. Some need a Docker engine: where there is none, what was written before is kept.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path

import pytest

from docs.messages import FILE, messages, told
from servegate.findings import Status
from tests.support.mutants import Mutant, shown_mutants
from tests.support.scenes import Scene, gate, results, text_of


def _message(mutant: Mutant) -> str:
    with tempfile.TemporaryDirectory(prefix="servegate-docs-") as name:
        scene = Scene(Path(name))
        named = mutant.build(scene)
        found = results(gate(scene, only=[mutant.check]), mutant.check)
    failed = next(one for one in found if one.status is Status.FAILED)
    return told(next(one for one in failed.findings if named in text_of(one)))


def main(only: Collection[str]) -> int:
    """Writes the messages of all checks, or of some anew; those of checks that are gone go."""
    written: Mapping[str, str] = messages() if FILE.is_file() else {}
    fresh = {}
    for check, mutant in shown_mutants().items():
        fresh[check] = written.get(check, "")
        if only and check not in only and check in written:
            continue
        try:
            fresh[check] = _message(mutant)
        except pytest.skip.Exception as skipped:
            sys.stderr.write(f"{check} keeps its message: {skipped}\n")
    text = json.dumps(dict(sorted(fresh.items())), indent=1, ensure_ascii=False)
    FILE.write_text(f"{text}\n", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
