"""The files by which the gate and the worker speak: one folder a run, nothing but bytes.

The gate writes `ORDER` and the questions. The worker writes `LOADED`, or its reason to
`NOT_LOADED`, and then for every question, each time, an answer or a refusal. A file is there in
full or not at all, so whatever ends the worker, what it had to say by then can be read.
"""

from __future__ import annotations

from pathlib import Path

ORDER = "order.json"
"""JSON: `directory`, `tags`, `questions` (how many) and `times` (how often each is asked)."""

LOADED = "loaded"
NOT_LOADED = "not-loaded"


def question(folder: Path, number: int) -> Path:
    """A serialized `PredictRequest`."""
    return folder / f"question-{number}"


def answer(folder: Path, number: int, time: int) -> Path:
    """A serialized `PredictResponse`."""
    return folder / f"answer-{number}-{time}"


def refusal(folder: Path, number: int, time: int) -> Path:
    """The reason in UTF-8, with surrogates for what is not."""
    return folder / f"refusal-{number}-{time}"


def put(path: Path, data: bytes) -> None:
    """Writes a file that others see in full or not at all."""
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(data)
    part.rename(path)


def put_text(path: Path, text: str) -> None:
    """Writes text; what TensorFlow says may quote anything."""
    put(path, text.encode("utf-8", "surrogateescape"))


def text(path: Path) -> str:
    """What `put_text` has written; bytes that are not UTF-8 are written out."""
    return path.read_bytes().decode("utf-8", "backslashreplace")
