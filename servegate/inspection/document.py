"""An inspection as JSON: schema 1, all keys always there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from servegate.inspection.safe import encodable

if TYPE_CHECKING:
    from servegate.graph.dependence import OutputDependence
    from servegate.inspection.model import Contract, Inspection, VersionInspection
    from servegate.savedmodel.signatures import TensorSpec

SCHEMA = 1


def to_json(inspection: Inspection) -> str:
    """The inspection as text of one JSON object. Versions and 64-bit hashes are strings."""
    document = {
        "schema": SCHEMA,
        "path": inspection.path,
        "versions": [_version(one) for one in inspection.versions],
        "ignored": list(inspection.ignored),
        "not_read": list(inspection.not_read),
        "problems": list(inspection.problems),
    }
    return json.dumps(_encodable(document), indent=2, ensure_ascii=False)


def _encodable(value: object) -> object:
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, list):
        return [_encodable(one) for one in value]
    if isinstance(value, dict):
        return {encodable(str(key)): _encodable(one) for key, one in value.items()}
    return value


def _version(one: VersionInspection) -> dict[str, object]:
    weights, fingerprint = one.weights, one.fingerprint
    return {
        "directory": one.directory,
        "version": None if one.version is None else str(one.version),
        "served": one.served,
        "file": one.file,
        "tensorflow_version": one.tensorflow_version,
        "tag_sets": [list(tags) for tags in one.tag_sets],
        "signatures": [_contract(contract) for contract in one.contracts],
        "ops": [{"op": op.op, "count": op.count, "remark": op.remark} for op in one.ops],
        "functions": one.functions,
        "assets": [
            {"name": asset.name, "bytes": asset.size, "named_by_graph": asset.named}
            for asset in one.assets
        ],
        "variables": weights
        and {"tensors": weights.tensors, "bytes": weights.size, "shards": weights.shards},
        "files": {"count": one.files, "bytes": one.size},
        "fingerprint": fingerprint
        and {name: str(getattr(fingerprint, name)) for name in fingerprint.__slots__},
        "warmup": dict(one.warmup),
        "problems": list(one.problems),
    }


def _contract(contract: Contract) -> dict[str, object]:
    signature, dependence = contract.signature, contract.dependence
    return {
        "name": signature.name,
        "method": signature.method,
        "inputs": [
            {**_spec(spec), "optional": spec.name in signature.defaults}
            for spec in signature.inputs
        ],
        "outputs": [_spec(spec) for spec in signature.outputs],
        "dependence": dependence and [_output(one) for one in dependence.outputs],
        "unfed": list(dependence.unfed) if dependence else [],
    }


def _spec(spec: TensorSpec) -> dict[str, object]:
    return {
        "name": spec.name,
        "dtype": spec.dtype,
        "shape": None if spec.shape is None else list(spec.shape),
        "encoding": spec.encoding.value,
        "tensors": list(spec.components),
    }


def _output(one: OutputDependence) -> dict[str, object]:
    return {
        "output": one.name,
        "inputs": {name: influence.value for name, influence in one.inputs.items()},
        "identical_to": list(one.identical_to),
        "sources": [{"op": source.op, "source": source.source.value} for source in one.sources],
        "state": list(one.state),
        "cut": [{"node": cut.node, "op": cut.op, "kind": cut.kind.value} for cut in one.cut],
    }
