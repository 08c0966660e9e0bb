"""What both APIs answer about models: their state and their metadata.

Source: `get_model_status_impl.cc` and `get_model_metadata_impl.cc` in
`tensorflow_serving/servables/tensorflow/` and `model_servers/`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tensorflow_serving.apis.get_model_metadata_pb2 import (
    GetModelMetadataResponse,
    SignatureDefMap,
)
from tensorflow_serving.apis.get_model_status_pb2 import (
    GetModelStatusResponse,
    ModelVersionStatus,
)
from tensorflow_serving.apis.model_pb2 import ModelSpec

from servegate.embedded.core import Core, wanted
from servegate.embedded.harness import Servable
from servegate.embedded.states import Snapshot
from servegate.embedded.status import Code, invalid_argument
from servegate.tfserving.versions import Version

SIGNATURE_DEF = "signature_def"


def model_spec(servable: Servable, signature_name: str = "") -> ModelSpec:
    """Which version answered, and by which signature."""
    spec = ModelSpec(name=servable.id.name, signature_name=signature_name)
    spec.version.value = servable.id.version
    return spec


def model_status(versions: Mapping[Version, Snapshot]) -> GetModelStatusResponse:
    """The states of a model's versions, in the order given."""
    response = GetModelStatusResponse()
    for version, snapshot in versions.items():
        added = response.model_version_status.add(
            version=version, state=ModelVersionStatus.State.ValueType(snapshot.state)
        )
        error = snapshot.error
        added.status.error_code = error.code if error else Code.OK
        added.status.error_message = error.message if error else ""
    return response


def model_metadata(core: Core, spec: ModelSpec, fields: Sequence[str]) -> GetModelMetadataResponse:
    """The signatures of a version. Raises `StatusError`."""
    if not fields:
        raise invalid_argument("GetModelMetadataRequest must specify at least one metadata_field")
    for field in fields:
        if field != SIGNATURE_DEF:
            raise invalid_argument(f"Metadata field {field} is not supported")
    with core.borrow(wanted(spec)) as servable:
        response = GetModelMetadataResponse(model_spec=model_spec(servable))
        response.metadata[SIGNATURE_DEF].Pack(signature_map(servable))
        return response


def signature_map(servable: Servable) -> SignatureDefMap:
    """The signatures of a version, with what inputs are taken to be where they are left out."""
    return SignatureDefMap(signature_def=servable.session.signatures)
