"""The plain data of an inspection. Whatever could not be read is a sentence in `problems`."""

from __future__ import annotations

from dataclasses import dataclass

from servegate.graph.dependence import Dependence
from servegate.savedmodel.fingerprint import Fingerprint
from servegate.savedmodel.signatures import Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class OpCount:
    """How often an op stands in the graph and its functions, and what is notable about it."""

    op: str
    count: int
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A signature, and what its outputs depend on (None when the graph does not allow to say)."""

    signature: Signature
    dependence: Dependence | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetFile:
    """One file of `assets/`; `size` is None where it cannot be read, `named` by the graph."""

    name: str
    size: int | None
    named: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The checkpoint: its tensors, their bytes, and its shards."""

    tensors: int
    size: int
    shards: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionInspection:
    """One version directory. `size` is the bytes of all its `files`.

    `version` is what TF Serving makes of the directory's name, `served` whether it is the one
    that `latest` picks; a directory that was named by itself is not compared with others.
    """

    directory: str
    version: int | None
    served: bool | None
    file: str | None = None
    tensorflow_version: str = ""
    tag_sets: tuple[tuple[str, ...], ...] = ()
    contracts: tuple[Contract, ...] = ()
    ops: tuple[OpCount, ...] = ()
    functions: int = 0
    assets: tuple[AssetFile, ...] = ()
    weights: Weights | None = None
    files: int = 0
    size: int = 0
    fingerprint: Fingerprint | None = None
    warmup: tuple[tuple[str, int], ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What lies at a path: a version directory, or a base path with versions, highest first.

    `ignored` are names that TF Serving takes for no version, `not_read` versions beyond those
    that one inspection reads.
    """

    path: str
    versions: tuple[VersionInspection, ...]
    ignored: tuple[str, ...] = ()
    not_read: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
