"""Where a model's base path is in the container: production's own, where an image can have it."""

from __future__ import annotations

import posixpath

MODELS = "/models"
"""MODEL_BASE_PATH of the official image."""

# Mounts of the container hide what an image has there, and Debian has links for the others.
_TAKEN = frozenset(
    {"bin", "dev", "lib", "lib32", "lib64", "libx32", "proc", "run", "sbin", "sys", "tmp"}
)


def place_in_image(base_path: str, name: str) -> str:
    """The absolute path for a model of this name; `base_path` is empty where nobody has said.

    A place outside of any image (`s3://…`, `gs://…`), or where an image cannot have it, is
    replaced by `/models/<name>`.
    """
    return posixpath.normpath(base_path) if can_hold(base_path) else f"{MODELS}/{_folder(name)}"


def can_hold(base_path: str) -> bool:
    """Whether an image can have models at this place."""
    parts = posixpath.normpath(base_path).split("/")
    return base_path.startswith("/") and len(parts) > 1 and parts[1] not in {"", *_TAKEN}


def _folder(name: str) -> str:
    return name.replace("/", "_") if name.strip("./") else "model"
