"""What a model answered to `tf.Example`s, as classifications and regressions.

Source: `PostProcessClassificationResult` in `classifier.cc` and `PostProcessRegressionResult` in
`regressor.cc` of `tensorflow_serving/servables/tensorflow/`.
"""

from __future__ import annotations

from collections.abc import Mapping

from tensorflow_serving.apis.classification_pb2 import ClassificationResult
from tensorflow_serving.apis.regression_pb2 import RegressionResult

from servegate.embedded.status import invalid_argument
from servegate.savedmodel.protos import DataType, SignatureDef, TensorProto

CLASSES = "classes"
SCORES = "scores"
OUTPUTS = "outputs"


def classification(
    signature: SignatureDef, values: Mapping[str, TensorProto], examples: int
) -> ClassificationResult:
    """Classes and scores of each example; `values` by tensor name. Raises `StatusError`."""
    classes = _matrix(signature, values, CLASSES, DataType.DT_STRING, examples)
    scores = _matrix(signature, values, SCORES, DataType.DT_FLOAT, examples)
    widths = {_sizes(one)[1] for one in (classes, scores) if one is not None}
    if len(widths) > 1 and classes and scores:
        raise invalid_argument(
            "Tensors class and score should match in dim_size(1). "
            f"Got {_sizes(classes)[1]} vs. {_sizes(scores)[1]}"
        )
    width = widths.pop()
    result = ClassificationResult()
    for row in range(examples):
        one = result.classifications.add()
        for index in range(row * width, (row + 1) * width):
            added = one.classes.add()
            if classes is not None:
                added.label = classes.string_val[index].decode("utf-8", "replace")
            if scores is not None:
                added.score = scores.float_val[index]
    return result


def regression(
    signature: SignatureDef, values: Mapping[str, TensorProto], examples: int
) -> RegressionResult:
    """The value of each example; `values` by tensor name. Raises `StatusError`."""
    output = values[signature.outputs[OUTPUTS].name]
    sizes = _sizes(output)
    if len(sizes) != 1 and (len(sizes) != 2 or sizes[1] != 1):
        raise invalid_argument(
            "Expected output Tensor shape to be either [batch_size] or "
            f"[batch_size, 1] but got {_shape(sizes)}"
        )
    if sizes[0] != examples:
        raise invalid_argument(
            f"Input batch size did not match output batch size: {examples} vs. {sizes[0]}"
        )
    if output.dtype != DataType.DT_FLOAT:
        got = DataType.Name(output.dtype)
        raise invalid_argument(f"Expected output Tensor of DT_FLOAT.  Got: {got}")
    result = RegressionResult()
    for value in output.float_val:
        result.regressions.add(value=value)
    return result


def _matrix(
    signature: SignatureDef,
    values: Mapping[str, TensorProto],
    name: str,
    dtype: DataType.ValueType,
    examples: int,
) -> TensorProto | None:
    """One of the two outputs of a classification, checked; None where the signature has none."""
    if name not in signature.outputs:
        return None
    value = values[signature.outputs[name].name]
    sizes = _sizes(value)
    if len(sizes) != 2:
        raise invalid_argument(
            f"Expected Tensor shape: [batch_size num_classes] but got {_shape(sizes)}"
        )
    if value.dtype != dtype:
        raise invalid_argument(
            f"Expected {name} Tensor of {DataType.Name(dtype)}. Got: {DataType.Name(value.dtype)}"
        )
    if sizes[0] != examples:
        raise invalid_argument(f"Expected {name} output batch size of {examples}. Got: {sizes[0]}")
    return value


def _sizes(tensor: TensorProto) -> list[int]:
    return [dim.size for dim in tensor.tensor_shape.dim]


def _shape(sizes: list[int]) -> str:
    return f"[{','.join(map(str, sizes))}]"
