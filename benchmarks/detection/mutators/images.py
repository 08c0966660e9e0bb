"""What reaches production: images that the project builds, and who may read them."""

from __future__ import annotations

from pathlib import Path

from benchmarks.detection.change import Change
from benchmarks.detection.registry import Effect, Part, mutator

_MODES = frozenset({Part.CONFIGURATION, Part.DEPLOYMENT})
_BUILT = frozenset({Part.CONFIGURATION, Part.DEPLOYMENT})
_USER = 1000
_LOAD_TIMEOUT = 20  # seconds: more would only be waited for a version that the image lacks


def _dockerfile(change: Change, *copies: str, **serving: object) -> None:
    """Production builds an image of its own, in both trees."""
    image = change.head.configuration()["serving"]["image"]
    for tree in change.trees:
        tree.write("Dockerfile", "\n".join((f"FROM {image}", *copies, "")))
    built = {"image": None, "dockerfile": "Dockerfile", "load_timeout": _LOAD_TIMEOUT}
    change.configure(*change.trees, serving={**built, **serving})


def _copy(change: Change, version: str = "") -> str:
    below = f"/{version}" if version else ""
    return f"COPY {change.origin.path}{below} /models/{change.origin.model}{below}"


@mutator("V17", changes=_BUILT, effect=Effect.AS_BEFORE, docker=True, rollout="image")
def a_dockerignore_leaves_the_version_out(change: Change) -> None:
    """A .dockerignore leaves the new version out of the image."""
    _dockerfile(change, _copy(change))
    change.head.write(".dockerignore", f"{change.origin.path}/{change.origin.new}\n")


@a_dockerignore_leaves_the_version_out.twin(effect=Effect.AS_BEFORE)
def a_dockerignore_leaves_the_old_version_out(change: Change) -> None:
    """A .dockerignore leaves the old version out of the image."""
    _dockerfile(change, _copy(change))
    change.head.write(".dockerignore", f"{change.origin.path}/{change.origin.old}\n")


@mutator("V17", changes=_BUILT, effect=Effect.AS_BEFORE, docker=True, rollout="image")
def the_copy_names_the_old_version(change: Change) -> None:
    """The Dockerfile copies version 1, as it did before."""
    _dockerfile(change, _copy(change, change.origin.old))


@the_copy_names_the_old_version.twin(effect=Effect.AS_BEFORE)
def the_copy_names_both_versions(change: Change) -> None:
    """The Dockerfile copies the directory with both versions."""
    _dockerfile(change, _copy(change))


@mutator("P06", changes=_BUILT, effect=Effect.AS_BEFORE, docker=True, rollout="image")
def the_image_keeps_a_strict_mode(change: Change) -> None:
    """The graph is copied into the image with a mode that keeps production's user out."""
    _dockerfile(change, _copy(change), user=_USER)
    _set_modes(change, {"saved_model.pb*": 0o600})


@the_image_keeps_a_strict_mode.twin(effect=Effect.AS_BEFORE)
def the_image_loosens_a_strict_mode(change: Change) -> None:
    """The graph's mode is as strict, and the Dockerfile gives it to production's user."""
    copy = _copy(change).replace("COPY ", f"COPY --chown={_USER} ")
    _dockerfile(change, copy, user=_USER)
    _set_modes(change, {"saved_model.pb*": 0o600})


@mutator("P06", changes=_MODES, effect=Effect.AS_BEFORE)
def a_downloaded_graph_is_closed(change: Change) -> None:
    """The version is downloaded with a graph that its owner alone may read."""
    _downloaded(change)
    _set_modes(change, {"saved_model.pb*": 0o600})


@a_downloaded_graph_is_closed.twin(effect=Effect.AS_BEFORE)
def a_downloaded_graph_is_read_only(change: Change) -> None:
    """The version is downloaded with a graph that everybody may read and nobody may write."""
    _downloaded(change)
    _set_modes(change, {"saved_model.pb*": 0o444})


@mutator("P06", changes=_MODES, effect=Effect.AS_BEFORE)
def a_downloaded_directory_is_closed(change: Change) -> None:
    """The version is downloaded into a directory that its owner alone may enter."""
    _downloaded(change)
    _set_modes(change, {".": 0o700})


@a_downloaded_directory_is_closed.twin(effect=Effect.AS_BEFORE)
def a_downloaded_directory_is_open(change: Change) -> None:
    """The version is downloaded into a directory that everybody may enter."""
    _downloaded(change)
    _set_modes(change, {".": 0o755})


def _downloaded(change: Change) -> None:
    """The new version is no part of the repository; production's server runs as a user."""
    change.configure(*change.trees, serving={"user": _USER})
    change.configure_model(*change.trees)
    change.outside_git.append(f"{change.origin.path}/{change.origin.new}")


def _set_modes(change: Change, modes: dict[str, int]) -> None:
    """Gives files of the version (patterns, "." is the directory) modes once it is checked out."""
    place = f"{change.origin.path}/{change.origin.new}"

    def chmod(repository: Path) -> None:
        version = repository / place
        for path in (version, *version.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        for pattern, mode in modes.items():
            for path in [version] if pattern == "." else version.glob(pattern):
                path.chmod(mode)

    change.after_checkout.append(chmod)
