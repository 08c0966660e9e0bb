"""Which version labels a model server takes.

Source: `UpdateModelVersionLabelMap` and `ReloadConfig` in `model_servers/server_core.cc`, and a
recorded TF Serving 2.20. A configuration's labels are set before its models: one label that is
refused has the whole configuration refused, so what it would have loaded is not loaded either.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from servegate.tfserving.versions import Version

Labels = Mapping[str, Version]

FLAG = "allow_version_labels_for_unavailable_models"

REFUSAL = "Request to assign label to version"
"""How the server's message begins."""


def refused(
    known: Labels, wanted: Labels, available: Collection[Version], *, for_unavailable: bool
) -> Iterator[str]:
    """The labels that are not taken, of one model.

    `known` are the labels that the running server has (none at its start), `available` the versions
    that it serves at this moment (none at its start). `for_unavailable` is the flag `FLAG`: with it
    a new label may name any version, but one that moves may not.
    """
    for label, version in wanted.items():
        moves = known.get(label, version) != version
        if version not in available and (moves or not for_unavailable):
            yield label
