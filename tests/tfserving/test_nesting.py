from __future__ import annotations

import pytest

from servegate.tfserving.nesting import continued_from
from servegate.tfserving.versions import Version

_PRESENT = {"models/m": (1, 7), "models": (3,)}


def _versions_in(directory: str) -> list[Version]:
    return [Version(number) for number in _PRESENT.get(directory, ())]


@pytest.mark.parametrize(
    ("base_path", "number", "above"),
    [
        ("models/m/export", 8, "models/m"),
        ("models/m/export/exporter", 8, "models/m"),
        ("models/m/export", 7, None),
        ("models/m/archive", 1, None),
        ("models/n", 4, "models"),
        ("models/n", 3, None),
        ("other/m", 8, None),
        (".", 8, None),
    ],
)
def test_a_number_goes_on_from_the_nearest_versions_above(
    base_path: str, number: int, above: str | None
) -> None:
    assert continued_from(base_path, Version(number), _versions_in) == above
