from __future__ import annotations

from pathlib import Path

import pytest

from servegate.facts.settings import Settings
from servegate.facts.weights import Weights
from servegate.findings import Finding, Severity
from servegate.graph.restoring import Wanted
from servegate.providers import Absent, Blocked
from servegate.savedmodel.bundle import Bundle, Entry
from servegate.savedmodel.files import FileKind, ModelFile, VersionFiles
from tests.support.evidence import FIRST_VERSION, candidate, findings, later, remarks
from validators.version.tidy import tidy

_BLOCKED = Blocked("version/files-complete did not pass", by="version/files-complete")


def _told(
    sizes: dict[str, int], weights: Weights | Absent = _BLOCKED, *flags: str
) -> list[Finding]:
    return findings(
        tidy(
            candidate(),
            _files(sizes),
            Settings(flags=flags),
            later(weights),
            later(FIRST_VERSION),
        )
    )


def _files(sizes: dict[str, int]) -> VersionFiles:
    held = (
        ModelFile(relpath=name, size=size, kind=FileKind.REGULAR) for name, size in sizes.items()
    )
    return VersionFiles(directory=Path(), files=tuple(held))


@pytest.mark.parametrize(
    ("size", "severities"),
    [
        (2**30, []),
        (2**30 + 1, [Severity.ADVISORY]),
        (2**31 - 1, [Severity.ADVISORY]),
        (2**31, [None]),
    ],
)
def test_graphs_of_many_sizes(size: int, severities: list[Severity | None]) -> None:
    assert [one.severity for one in _told({"saved_model.pb": size})] == severities


def _with_ballast(part: int, whole: int) -> list[Finding]:
    left = whole - part
    return _told({"saved_model.pb": 0, "train.csv": part, "variables/variables.index": left})


def test_from_a_megabyte_on_it_is_worth_a_word() -> None:
    assert _with_ballast(10**6, 10**9)
    assert not _with_ballast(10**6 - 1, 10**6)


def test_a_little_is_a_remark() -> None:
    files = _files({"saved_model.pb": 10_000, ".DS_Store": 6148})
    said = tidy(candidate(), files, Settings(), later(_BLOCKED), later(FIRST_VERSION))

    assert remarks(said) == ["No server reads caches (1 file, 6.1 kB: .DS_Store)."]


def test_a_first_version_may_be_meant_as_tflite() -> None:
    (found,) = _told({"model.tflite": 10}, _BLOCKED, "--prefer_tflite_model")

    assert found.severity is Severity.ADVISORY


def _weights(**names: str) -> Weights:
    """Tensors of two megabytes, and the variables that they are restored into ("" for none)."""
    return Weights(
        present=True,
        needed=("kernel",),
        bundle=Bundle(
            shards=1,
            big_endian=False,
            entries=tuple(
                Entry(name=name, dtype="float32", shape=(), shard=0, offset=0, size=2**21, crc32c=0)
                for name in names
            ),
        ),
        wanted=tuple(
            Wanted(name=name, dtype="float32", slice="", node="r", variable=variable)
            for name, variable in names.items()
            if variable
        ),
    )


def _with_tensor(name: str, variable: str) -> list[Finding]:
    sizes = {"saved_model.pb": 10, "variables/variables.index": 2**21}
    return _told(sizes, _weights(**{name: variable}))


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("dense/kernel/Adam_1", "dense/kernel/Adam_1"),
        ("dense/kernel/Adam_1", ""),
        ("w/.OPTIMIZER_SLOT/optimizer/m/.ATTRIBUTES/VARIABLE_VALUE", "m"),
        ("optimizer/_variables/3/.ATTRIBUTES/VARIABLE_VALUE", "v"),
    ],
)
def test_slots(name: str, variable: str) -> None:
    assert _with_tensor(name, variable)


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("head/kernel", "head/kernel"),
        ("head/kernel", ""),
        ("optimizer/kernel", "kernel"),
        ("adamant/kernel", ""),
    ],
)
def test_no_slots(name: str, variable: str) -> None:
    assert not _with_tensor(name, variable)
