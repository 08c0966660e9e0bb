from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from servegate.savedmodel.assets import asset_problems
from servegate.savedmodel.fingerprint import FILE, read_fingerprint
from servegate.savedmodel.protos import FingerprintDef
from servegate.savedmodel.reader import Asset, read
from servegate.savedmodel.unreadable import Fault, Unreadable
from tests.support.tinymodels import write_model


def test_a_fingerprint(tmp_path: Path) -> None:
    assert read_fingerprint(tmp_path) is None
    message = FingerprintDef(saved_model_checksum=2**64 - 1, checkpoint_hash=5)
    (tmp_path / FILE).write_bytes(message.SerializeToString())
    found = read_fingerprint(tmp_path)
    assert found is not None
    assert (found.saved_model_checksum, found.checkpoint_hash, found.uuid) == (2**64 - 1, 5, "")


@pytest.mark.parametrize("content", [b"", b"\xff\xff", bytes(10**5)])
def test_what_is_no_fingerprint(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(Unreadable):
        read_fingerprint(tmp_path)


def test_assets(tmp_path: Path) -> None:
    directory = write_model(tmp_path / "1")
    (directory / "assets" / "deep").mkdir(parents=True)
    (directory / "assets" / "there.txt").write_text("words")
    (directory / "assets" / "empty.txt").write_text("")
    (directory / "assets" / "pointer").write_text("version https://git-lfs.github.com/spec/v1\n")
    (directory / "assets" / "link").symlink_to("/etc/passwd")
    names = ("there.txt", "empty.txt", "gone.txt", "pointer", "link", "../../x", "deep", "a\0b")
    model = read(directory)
    model = replace(model, assets=tuple(Asset(filename=name, tensor="c:0") for name in names))
    assert {one.file: one.fault for one in asset_problems(model)} == {
        "assets/../../x": Fault.LINK,
        "assets/a\0b": Fault.NOT_A_FILE,
        "assets/deep": Fault.NOT_A_FILE,
        "assets/gone.txt": Fault.MISSING,
        "assets/link": Fault.LINK,
        "assets/pointer": Fault.POINTER,
    }
