"""Version directories that TF Serving does not see, or takes for what they are not."""

from __future__ import annotations

from tests.support.scenes import BASE_PATH, NAME, Scene, advisory


def mutant_v01_letter(scene: Scene) -> str:
    scene.released("1")
    scene.model("v2")
    return f"{BASE_PATH}/v2"


def mutant_v01_decimal_point(scene: Scene) -> str:
    scene.released("1")
    scene.model("2.0")
    return f"{BASE_PATH}/2.0"


def mutant_v01_latest(scene: Scene) -> str:
    scene.released("1")
    scene.model("latest")
    return f"{BASE_PATH}/latest"


def mutant_v01_renamed_away(scene: Scene) -> str:
    scene.released("1", "2")
    scene.repo.move(f"{BASE_PATH}/2", f"{BASE_PATH}/v2")
    return f"{BASE_PATH}/v2"


def twin_v01_number(scene: Scene) -> None:
    scene.released("1")
    scene.model("2")


def twin_v01_link_to_the_newest(scene: Scene) -> None:
    scene.released("1", "2")
    scene.repo.link(f"{BASE_PATH}/latest", "2")
    scene.model("3")


def twin_v01_folder_that_holds_no_model(scene: Scene) -> None:
    scene.released("1")
    scene.model("2")
    scene.write(f"{BASE_PATH}/v2/README.md", "What is new in version 2.\n")
    scene.write(f"{BASE_PATH}/latest", "2\n")


def twin_v01_letter_that_production_has_had_for_long(scene: Scene) -> None:
    scene.model("archive")
    scene.released("1")
    scene.model("2")


def mutant_v03_leading_zero(scene: Scene) -> str:
    scene.released("2")
    scene.model("02")
    return f"{BASE_PATH}/02"


def mutant_v03_plus_sign(scene: Scene) -> str:
    scene.released("1")
    scene.model("5")
    scene.model("+5", weight=8.0)
    return f"{BASE_PATH}/+5"


def twin_v03_same_digits_another_number(scene: Scene) -> None:
    scene.released("2")
    scene.model("20")


def twin_v03_twice_in_production_already(scene: Scene) -> None:
    scene.released("2", "02")
    scene.model("3")


def mutant_v12_path_one_level_too_deep(scene: Scene) -> str:
    scene.configure(models=[{"name": NAME, "path": f"{BASE_PATH}/1"}])
    scene.released("1")
    scene.model("1", weight=7.0)
    return f"{BASE_PATH}/1/saved_model.pb"


def mutant_v12_path_one_level_too_high(scene: Scene) -> str:
    scene.configure(models=[{"name": NAME, "path": "models"}])
    scene.released("1")
    scene.configure(models=[{"name": NAME, "path": "models"}], ignore=["docs"])
    return f"{BASE_PATH}/1"


def mutant_v12_model_one_level_deeper(scene: Scene) -> str:
    scene.configure()
    scene.released("1")
    scene.model("2/export")
    return f"Move {BASE_PATH}/2/export to {BASE_PATH}/2"


def mutant_v12_new_version_in_a_folder_of_exports(scene: Scene) -> str:
    scene.released("1")
    scene.model("export/2")
    return f"{BASE_PATH}/export/2"


def mutant_v12_new_version_of_a_configured_model_in_a_folder_of_exports(scene: Scene) -> str:
    scene.configure()
    scene.released("1")
    scene.model("export/2")
    return f"Move {BASE_PATH}/export/2 to {BASE_PATH}/2"


def twin_v12_old_version_moved_to_an_archive(scene: Scene) -> None:
    scene.released("1", "2")
    scene.repo.move(f"{BASE_PATH}/1", f"{BASE_PATH}/archive/1")
    scene.model("3")


def twin_v12_model_of_its_own_below_another(scene: Scene) -> None:
    scene.configure()
    scene.released("1")
    nested = {"name": "prices_fr", "path": f"{BASE_PATH}/fr"}
    scene.configure(models=[{"name": NAME, "path": BASE_PATH}, nested])
    scene.model("fr/2")


def twin_v12_path_above_the_numbers(scene: Scene) -> None:
    scene.configure()
    scene.released("1")
    scene.model("2")


def twin_v12_export_kept_inside_the_version(scene: Scene) -> None:
    scene.configure()
    scene.released("1")
    scene.model("2")
    scene.model("2/assets.extra/export")


def mutant_v15_file(scene: Scene) -> str:
    scene.released("1")
    scene.model("2")
    scene.write(f"{BASE_PATH}/3", "to do: train version 3\n")
    return f"{BASE_PATH}/3"


def mutant_v15_link_that_leads_nowhere(scene: Scene) -> str:
    scene.released("1")
    scene.model("2")
    scene.repo.link(f"{BASE_PATH}/9", "gone")
    return "a link that leads nowhere"


@advisory
def mutant_v15_file_that_the_pin_leaves_out(scene: Scene) -> str:
    scene.production("specific { versions: 2 }")
    scene.released("1")
    scene.model("2")
    scene.write(f"{BASE_PATH}/8", "to do\n")
    return "keeps it from answering"


def mutant_v15_backup(scene: Scene) -> str:
    scene.released("1")
    scene.model("2")
    scene.write(f"{BASE_PATH}/20240101/backup.tar", b"tar\0")
    return f"{BASE_PATH}/20240101"


@advisory
def mutant_v15_backup_below_the_highest(scene: Scene) -> str:
    scene.released("5")
    scene.model("6")
    scene.write(f"{BASE_PATH}/4/.gitkeep", "")
    return f"{BASE_PATH}/4"


def twin_v15_names_that_are_no_numbers(scene: Scene) -> None:
    scene.released("1")
    scene.model("2")
    scene.write(f"{BASE_PATH}/3.txt", "to do: train version 3\n")
    scene.write(f"{BASE_PATH}/backup-20240101/backup.tar", b"tar\0")


def twin_v15_number_that_production_has_had_for_long(scene: Scene) -> None:
    scene.write(f"{BASE_PATH}/20240101/backup.tar", b"tar\0")
    scene.released("20250101")
    scene.model("20260101")


def mutant_v19_overflow(scene: Scene) -> str:
    scene.released("1")
    scene.model(str(2**63))
    return f"{BASE_PATH}/{2**63}"


@advisory
def mutant_v19_negative(scene: Scene) -> str:
    scene.released("-5")
    scene.model("-3")
    return "'-3'"


@advisory
def mutant_v19_leading_zeros(scene: Scene) -> str:
    scene.released("1")
    scene.model("00000123")
    return f"{BASE_PATH}/00000123"


def twin_v19_largest_number(scene: Scene) -> None:
    scene.released("1")
    scene.model(str(2**63 - 1))


@advisory
def mutant_v19_white_space(scene: Scene) -> str:
    scene.released("1")
    scene.model("7 ")
    return "'7 '"


def twin_v19_zero(scene: Scene) -> None:
    scene.branch_off()
    scene.model("0")
