"""`fingerprint.pb`: what TensorFlow 2.10 and newer say of an export's identity."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from google.protobuf.message import DecodeError

from servegate.savedmodel.content import read_file
from servegate.savedmodel.protos import FingerprintDef
from servegate.savedmodel.unreadable import Fault, Unreadable

FILE = "fingerprint.pb"
_MAX_BYTES = 2**16


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """Hashes of the parts of an export (64 bits, unsigned), and a name drawn at random.

    They are the exporter's own words: nothing here says that they fit the files.
    """

    saved_model_checksum: int
    graph_def_program_hash: int
    signature_def_hash: int
    saved_object_graph_hash: int
    checkpoint_hash: int
    uuid: str


def read_fingerprint(directory: Path, *, within: Path | None = None) -> Fingerprint | None:
    """The fingerprint of a version directory, None without one. Raises `Unreadable`."""
    try:
        data = read_file(directory, FILE, limit=_MAX_BYTES, within=within)
        proto = FingerprintDef.FromString(data)
    except DecodeError as error:
        what, remedy = "is not a fingerprint", "Export the model again, or leave the file out."
        raise Unreadable(FILE, what, remedy, Fault.MALFORMED) from error
    except Unreadable as problem:
        if problem.fault is Fault.MISSING:
            return None
        raise
    return Fingerprint(
        saved_model_checksum=proto.saved_model_checksum,
        graph_def_program_hash=proto.graph_def_program_hash,
        signature_def_hash=proto.signature_def_hash,
        saved_object_graph_hash=proto.saved_object_graph_hash,
        checkpoint_hash=proto.checkpoint_hash,
        uuid=proto.uuid,  # type: ignore[attr-defined]  # the stubs are older
    )
