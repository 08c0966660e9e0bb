"""Numbers, contents and removals of versions: why a running server stays with what it has."""

from __future__ import annotations

import shutil

from benchmarks.detection.change import Change
from benchmarks.detection.editing.model import model
from benchmarks.detection.editing.surgery import at_start
from benchmarks.detection.mutators.layout import rename_old
from benchmarks.detection.registry import Effect, Part, mutator
from servegate.savedmodel.fingerprint import FILE as FINGERPRINT

_EPOCH = 1538687457
_DAY = 86400

_VERSION_FILES = frozenset({Part.MODEL, Part.WEIGHTS, Part.ASSETS, Part.FILES})
_RENAMED = _VERSION_FILES | {Part.LAYOUT}


@mutator("V02", changes=_RENAMED, effect=Effect.AS_BEFORE)
def a_number_below_production_s(change: Change) -> None:
    """The new number is one below production's."""
    change.rename(str(int(change.origin.old) - 1))


@a_number_below_production_s.twin(effect=Effect.AS_BEFORE)
def a_number_far_above_production_s(change: Change) -> None:
    """The new number leaves ten out."""
    change.rename(str(int(change.origin.old) + 11))


@mutator("V02", changes=_RENAMED, effect=Effect.AS_BEFORE)
def a_small_number_after_a_time(change: Change) -> None:
    """Production counts in seconds since 1970, the new version is called 2."""
    rename_old(change, str(_EPOCH))
    change.rename("2")


@a_small_number_after_a_time.twin(effect=Effect.AS_BEFORE)
def a_time_after_a_time(change: Change) -> None:
    """Production counts in seconds since 1970, the new version is of the next day."""
    rename_old(change, str(_EPOCH))
    change.rename(str(_EPOCH + _DAY))


@mutator("V04", changes=_VERSION_FILES, effect=Effect.AS_BEFORE)
def the_new_model_under_the_old_number(change: Change) -> None:
    """The new model has replaced the files of the version in production."""
    shutil.rmtree(change.old)
    change.rename(change.origin.old)


@the_new_model_under_the_old_number.twin(changes={Part.FILES}, effect=Effect.AS_BEFORE)
def a_note_in_the_old_version(change: Change) -> None:
    """The version in production has got a README."""
    (change.old / "README.md").write_text("Replaced by the next version.\n")


@mutator("V04", changes=_VERSION_FILES, effect=Effect.ANSWERS)
def the_graph_of_the_old_version_is_mended(change: Change) -> None:
    """The graph of the version in production was changed in its place, the weights were not."""
    shutil.rmtree(change.new)
    change.directory = change.origin.old
    _touch_the_graph(change)


@the_graph_of_the_old_version_is_mended.twin(changes={Part.MODEL}, effect=Effect.AS_BEFORE)
def the_graph_of_the_new_version_is_mended(change: Change) -> None:
    """The graph of the new version was changed before anybody served it."""
    _touch_the_graph(change)


def _touch_the_graph(change: Change) -> None:
    with model(change.new) as served:
        served.constant(1.0, "float32")


@mutator("V05", changes=_VERSION_FILES, effect=Effect.ANSWERS)
def the_old_model_under_a_new_number(change: Change) -> None:
    """The new version is a copy of the version in production."""
    _copy_the_old(change)


@the_old_model_under_a_new_number.twin(effect=Effect.ANSWERS)
def the_old_weights_in_another_export(change: Change) -> None:
    """The new version has production's weights and a graph that was exported again."""
    _copy_the_old(change)
    (change.new / FINGERPRINT).unlink(missing_ok=True)
    with model(change.new) as served:
        at_start(served, served.constant(1.0, "float32"))


@mutator("V05", changes=_RENAMED, effect=Effect.ANSWERS)
def the_old_model_under_a_time(change: Change) -> None:
    """The export was stamped with the time, and the model is the one in production."""
    _copy_the_old(change)
    change.rename(str(int(change.origin.old) + _EPOCH))


@the_old_model_under_a_time.twin(effect=Effect.AS_BEFORE)
def the_new_model_under_a_time(change: Change) -> None:
    """The export was stamped with the time, and the model is a new one."""
    change.rename(str(int(change.origin.old) + _EPOCH))


def _copy_the_old(change: Change) -> None:
    shutil.rmtree(change.new)
    shutil.copytree(change.old, change.new)


@mutator("V16", changes=_VERSION_FILES, effect=Effect.NOT_SERVED)
def the_highest_version_is_deleted(change: Change) -> None:
    """The version that answers was deleted, and the one before it answers again."""
    _has_both(change)
    shutil.rmtree(change.new)


@the_highest_version_is_deleted.twin(effect=Effect.AS_BEFORE)
def the_lowest_version_is_deleted(change: Change) -> None:
    """The version before the one that answers was deleted."""
    _has_both(change)
    shutil.rmtree(change.old)


@mutator("V16", changes=_RENAMED, effect=Effect.NOT_SERVED)
def the_highest_version_is_put_aside(change: Change) -> None:
    """The version that answers was moved to `archive/`."""
    _has_both(change)
    change.rename(f"archive/{change.origin.new}")
    change.directory = ""


@the_highest_version_is_put_aside.twin(effect=Effect.AS_BEFORE)
def the_lowest_version_is_put_aside(change: Change) -> None:
    """The version before the one that answers was packed into `archive/`."""
    _has_both(change)
    archive = change.version("archive")
    archive.mkdir()
    shutil.make_archive(str(archive / change.origin.old), "tar", change.old)
    shutil.rmtree(change.old)


def _has_both(change: Change) -> None:
    """Production has the new version already."""
    shutil.copytree(change.new, change.version(change.origin.new, change.base))
