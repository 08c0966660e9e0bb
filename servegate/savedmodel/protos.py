"""TensorFlow's and TF Serving's message classes, without importing TensorFlow.

`tensorflow/__init__.py` costs seconds and hundreds of megabytes. The generated message modules
below it need none of that: with a bare package object registered under the name `tensorflow`
whose `__path__` is TensorFlow's folder, `tensorflow.core.protobuf.*` import in a tenth of a
second. The price: in a process that has imported this module, `import tensorflow` yields the bare
package. So a process uses either this module or TensorFlow; when TensorFlow is there already
(the embedded server, a worker), its own package is used and nothing is registered.
"""

from __future__ import annotations

import importlib.util
import sys
import types
from pathlib import Path


def _register_bare_tensorflow() -> None:
    if "tensorflow" in sys.modules:
        return
    spec = importlib.util.find_spec("tensorflow")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("tensorflow-cpu is not installed in this environment")
    bare = types.ModuleType("tensorflow")
    bare.__path__ = [str(Path(folder)) for folder in spec.submodule_search_locations]
    sys.modules["tensorflow"] = bare


_register_bare_tensorflow()

from tensorflow.core.example.example_pb2 import Example
from tensorflow.core.framework.attr_value_pb2 import AttrValue
from tensorflow.core.framework.function_pb2 import FunctionDef, FunctionDefLibrary
from tensorflow.core.framework.graph_pb2 import GraphDef
from tensorflow.core.framework.node_def_pb2 import NodeDef
from tensorflow.core.framework.tensor_pb2 import TensorProto
from tensorflow.core.framework.tensor_shape_pb2 import TensorShapeProto
from tensorflow.core.framework.types_pb2 import DataType
from tensorflow.core.protobuf.fingerprint_pb2 import FingerprintDef
from tensorflow.core.protobuf.meta_graph_pb2 import (
    AssetFileDef,
    MetaGraphDef,
    SignatureDef,
    TensorInfo,
)
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel
from tensorflow.core.protobuf.tensor_bundle_pb2 import BundleEntryProto, BundleHeaderProto

__all__ = [
    "AssetFileDef",
    "AttrValue",
    "BundleEntryProto",
    "BundleHeaderProto",
    "DataType",
    "Example",
    "FingerprintDef",
    "FunctionDef",
    "FunctionDefLibrary",
    "GraphDef",
    "MetaGraphDef",
    "NodeDef",
    "SavedModel",
    "SignatureDef",
    "TensorInfo",
    "TensorProto",
    "TensorShapeProto",
]
