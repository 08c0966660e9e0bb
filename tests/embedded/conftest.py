"""Folders for servers that several tests share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all tests of a module."""
    return tmp_path_factory.mktemp("embedded")
