"""Builds the sample models: `python sample_models/build.py [--output DIR]`.

TensorFlow runs in a process of its own, so `build_all` may be called by one that must not import
it. A finished build is kept until the code, the data or TensorFlow changes.

What a build holds: `<model>/<version>/`, a SavedModel each; `<model>/examples/<version>.jsonl`,
examples with the answers of that version; and the broken versions `iris-constant/2/`,
`trees-forgotten/2/` and `opinions-empty/2/`.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
DEFAULT_OUTPUT = PROJECT / "build" / "sample_models"

SAMPLES = (
    "ozone",
    "reviews",
    "iris",
    "cars",
    "complaints",
    "trees",
    "opinions",
    "smog",
    "stopping",
    "nile",
)
SOURCES = (".py", ".csv", ".txt")
STAMP = "built-from"
SECONDS = 300
"""How long the training of all models may take; it takes about 15 on two cores."""


class BuildFailed(Exception):
    """The training process failed; the message ends with what it said."""


def build_all(target: Path = DEFAULT_OUTPUT) -> Path:
    """Builds every model into `target` unless it is up to date, and returns `target`.

    Processes that build the same target at once wait for one another. Raises `BuildFailed`, and
    `FileExistsError` when `target` holds anything but an earlier build.
    """
    digest = _digest_of_sources()
    target.parent.mkdir(parents=True, exist_ok=True)
    with _locked(target.parent / f".{target.name}.lock"):
        if _stamp_of(target) != digest:
            _build_anew(target, digest)
    return target


def train(staging: Path, names: tuple[str, ...]) -> None:
    """Trains the models named and writes them below `staging`. Raises `BuildFailed`."""
    settings = {
        "PYTHONPATH": str(PROJECT),
        "PYTHONHASHSEED": "0",
        "CUDA_VISIBLE_DEVICES": "",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "TF_ENABLE_ONEDNN_OPTS": "0",
    }
    command = [sys.executable, "-P", str(HERE / "train.py"), str(staging), *names]
    done = subprocess.run(
        command,
        env=os.environ | settings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        raise BuildFailed(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")


def main() -> None:
    """Builds the models and prints where they are."""
    parser = argparse.ArgumentParser(description="Builds the sample models.")
    parser.add_argument("--output", type=Path, default=DEFAULT_OUTPUT, metavar="DIR")
    sys.stdout.write(f"{build_all(parser.parse_args().output)}\n")


def _digest_of_sources() -> str:
    digest = hashlib.sha256(version("tensorflow-cpu").encode())
    for path in sorted(HERE.rglob("*")):
        if path.suffix in SOURCES:
            content = path.read_bytes()
            digest.update(f"{path.relative_to(HERE)}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def _stamp_of(target: Path) -> str | None:
    stamp = target / STAMP
    return stamp.read_text(encoding="ascii") if stamp.is_file() else None


def _build_anew(target: Path, digest: str) -> None:
    if target.exists() and _stamp_of(target) is None and any(target.iterdir()):
        raise FileExistsError(f"{target} is there and is no earlier build: name another directory.")
    staging, retired = (target.parent / f".{target.name}.{state}" for state in ("new", "old"))
    for leftover in (staging, retired):
        shutil.rmtree(leftover, ignore_errors=True)
    train(staging, SAMPLES)
    (staging / STAMP).write_text(digest, encoding="ascii")
    # Renamed and only then removed: an interruption never leaves half a build in place.
    if target.exists():
        target.rename(retired)
    staging.rename(target)
    shutil.rmtree(retired, ignore_errors=True)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    main()
