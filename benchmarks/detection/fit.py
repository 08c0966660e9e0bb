"""Which faults fit which models."""

from __future__ import annotations


class DoesNotFit(Exception):
    """A fault or a scenario makes no sense on this model; the text says why."""
