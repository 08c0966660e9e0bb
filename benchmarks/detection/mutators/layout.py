"""Version directories that a server does not see, or takes for what they are not."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.detection.change import Change
from benchmarks.detection.registry import Effect, Part, mutator

_NOTES = "What is new in this version.\n"
_VERSION_FILES = frozenset({Part.MODEL, Part.WEIGHTS, Part.ASSETS, Part.FILES})
_RENAMED = _VERSION_FILES | {Part.LAYOUT}


@mutator("V01", changes=_RENAMED, effect=Effect.NOT_SERVED)
def a_letter_before_the_number(change: Change) -> None:
    """The version directory is called `v2`."""
    change.rename(f"v{change.origin.new}")


@a_letter_before_the_number.twin(changes={Part.LAYOUT}, effect=Effect.AS_BEFORE)
def a_folder_of_notes_with_a_letter(change: Change) -> None:
    """Beside version 2 lies a folder `v2` with notes."""
    notes = change.version(f"v{change.origin.new}")
    notes.mkdir()
    (notes / "README.md").write_text(_NOTES)


@mutator("V01", changes=_RENAMED, effect=Effect.NOT_SERVED)
def a_decimal_point(change: Change) -> None:
    """The version directory is called `2.0`."""
    change.rename(f"{change.origin.new}.0")


@a_decimal_point.twin(effect=Effect.AS_BEFORE)
def a_digit_more(change: Change) -> None:
    """The version directory is called `20`."""
    change.rename(f"{change.origin.new}0")


@mutator("V01", changes=_RENAMED, effect=Effect.NOT_SERVED)
def the_directory_is_called_latest(change: Change) -> None:
    """The version directory is called `latest`."""
    change.rename("latest")


@the_directory_is_called_latest.twin(changes={Part.LAYOUT}, effect=Effect.AS_BEFORE)
def a_file_called_latest(change: Change) -> None:
    """A file `latest` beside the versions names the newest."""
    change.version("latest").write_text(f"{change.origin.new}\n")


@mutator("V03", changes=_RENAMED, effect=Effect.AS_BEFORE)
def production_s_number_with_a_zero_before_it(change: Change) -> None:
    """The new version is called `01`, and production has `1`."""
    change.rename(f"0{change.origin.old}")


@production_s_number_with_a_zero_before_it.twin(effect=Effect.AS_BEFORE)
def production_s_number_with_a_zero_after_it(change: Change) -> None:
    """The new version is called `10`, and production has `1`."""
    change.rename(f"{change.origin.old}0")


@mutator("V03", changes={Part.LAYOUT}, effect=Effect.AS_BEFORE)
def the_new_version_lies_there_twice(change: Change) -> None:
    """The new version is there as `2` and, from the export before the last, as `002`."""
    shutil.copytree(change.old, change.version(f"00{change.origin.new}"))


@the_new_version_lies_there_twice.twin(effect=Effect.AS_BEFORE)
def notes_on_the_new_version_lie_beside_it(change: Change) -> None:
    """Beside version 2 lies a folder `002-notes`."""
    notes = change.version(f"00{change.origin.new}-notes")
    notes.mkdir()
    (notes / "README.md").write_text(_NOTES)


@mutator("V12", changes=_VERSION_FILES, effect=Effect.NOT_SERVED)
def the_model_is_one_level_deeper(change: Change) -> None:
    """The model lies in `2/export` in place of `2`."""
    aside = change.new.rename(change.version("aside"))
    change.new.mkdir()
    aside.rename(change.new / "export")


@the_model_is_one_level_deeper.twin(changes={Part.FILES}, effect=Effect.AS_BEFORE)
def the_export_is_kept_inside_the_version(change: Change) -> None:
    """A second copy of the model lies in `2/assets.extra/export`."""
    shutil.copytree(change.old, change.new / "assets.extra" / "export")


@mutator("V12", changes=_RENAMED, effect=Effect.AS_BEFORE)
def the_version_is_below_a_folder_of_exports(change: Change) -> None:
    """The new version was put into `export/2`, beside version 1."""
    change.rename(f"export/{change.origin.new}")


@the_version_is_below_a_folder_of_exports.twin(changes={Part.LAYOUT}, effect=Effect.AS_BEFORE)
def a_folder_of_exports_holds_a_log(change: Change) -> None:
    """The log of the export was put into `export/2`, beside version 1."""
    folder = change.version("export") / change.origin.new
    folder.mkdir(parents=True)
    (folder / "export.log").write_text("exported\n")


@mutator("V15", changes={Part.LAYOUT}, effect=Effect.AS_BEFORE)
def a_file_with_a_number_for_a_name(change: Change) -> None:
    """A note beside the versions is called `3`."""
    _after(change).write_text("to do: train this version\n")


@a_file_with_a_number_for_a_name.twin(effect=Effect.AS_BEFORE)
def a_file_with_a_number_in_its_name(change: Change) -> None:
    """A note beside the versions is called `3.txt`."""
    _after(change).with_suffix(".txt").write_text("to do: train this version\n")


@mutator("V15", changes={Part.LAYOUT}, effect=Effect.AS_BEFORE)
def a_backup_with_a_date_for_a_name(change: Change) -> None:
    """A backup lies beside the versions, in a directory named by its date."""
    folder = change.version("20991231")
    folder = folder if int(change.origin.new) < int(folder.name) else _after(change)
    folder.mkdir()
    (folder / "backup.tar").write_bytes(bytes(1024))


@a_backup_with_a_date_for_a_name.twin(effect=Effect.AS_BEFORE)
def a_backup_with_a_date_in_its_name(change: Change) -> None:
    """A backup lies beside the versions, in `backup-20991231`."""
    folder = change.version("backup-20991231")
    folder.mkdir()
    (folder / "backup.tar").write_bytes(bytes(1024))


@mutator("V19", changes=_RENAMED, effect=Effect.NOT_SERVED)
def a_number_too_large_for_int64(change: Change) -> None:
    """The number is 2^63, one more than an int64 holds."""
    change.rename(str(2**63))


@a_number_too_large_for_int64.twin(effect=Effect.AS_BEFORE)
def the_largest_number(change: Change) -> None:
    """The number is 2^63 - 1, the largest that an int64 holds."""
    change.rename(str(2**63 - 1))


@mutator("V19", changes=_RENAMED, effect=Effect.AS_BEFORE, advisory=True)
def negative_numbers(change: Change) -> None:
    """The versions have negative numbers, as some scripts count backwards."""
    rename_old(change, "-5")
    change.rename("-3")


@negative_numbers.twin(effect=Effect.AS_BEFORE)
def small_numbers_with_a_gap(change: Change) -> None:
    """The versions have small numbers, with one left out."""
    rename_old(change, "3")
    change.rename("5")


@mutator("V19", changes=_RENAMED, effect=Effect.AS_BEFORE, advisory=True)
def leading_zeros(change: Change) -> None:
    """The new number is written with leading zeros, which other servers read differently."""
    change.rename(f"{int(change.origin.new):020}")


@leading_zeros.twin(effect=Effect.AS_BEFORE)
def a_number_of_nineteen_digits(change: Change) -> None:
    """The new number is a time in nanoseconds."""
    change.rename("1893456000000000000")


def rename_old(change: Change, name: str) -> None:
    """Has production's version bear another number, before and after the change."""
    for tree in change.trees:
        change.version(change.origin.old, tree).rename(change.version(name, tree))


def _after(change: Change) -> Path:
    return change.version(str(int(change.origin.new) + 1))
