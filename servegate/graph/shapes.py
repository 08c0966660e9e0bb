"""Which inputs of an op decide the shape of its outputs by their values.

For the ops listed here, the output's shape follows from the shapes of all inputs and the *values*
of the inputs named (negative positions count from the end). The shape of an op that is not listed
may follow from any value.
"""

from __future__ import annotations

_BY_SHAPES_ALONE = """
Abs Acos Acosh Add AddN AddV2 Angle ApproximateEqual AsString Asin Asinh Atan Atan2 Atanh
AvgPool AvgPool3D BatchMatMul BatchMatMulV2 BatchMatMulV3 BatchNormWithGlobalNormalization
BesselI0e BesselI1e BiasAdd BiasAddV1 Bitcast BitwiseAnd BitwiseOr BitwiseXor Bucketize Cast
Ceil ClipByValue Complex ComplexAbs Conj Conv Conv2D Conv3D Cos Cosh Cumprod Cumsum
CumulativeLogsumexp DepthwiseConv2dNative Digamma Dilation2D Div DivNoNan Einsum Elu Equal Erf
Erfc Erfinv Exp Expm1 FFT FFT2D FFT3D FakeQuantWithMinMaxArgs FakeQuantWithMinMaxVars
FakeQuantWithMinMaxVarsPerChannel Floor FloorDiv FloorMod FusedBatchNorm FusedBatchNormV2
FusedBatchNormV3 Gather GatherNd Greater GreaterEqual IFFT IFFT2D IFFT3D Igamma Igammac Imag
InTopK Inv InvertPermutation IsFinite IsInf IsNan L2Loss LRN LeakyRelu LeftShift Less LessEqual
Lgamma Log Log1p LogSoftmax LogicalAnd LogicalNot LogicalOr MatMul MatrixBandPart MatrixDiag
MatrixDiagPart MaxPool MaxPool3D MaxPoolWithArgmax Maximum Minimum Mod Mul MulNoNan Ndtri Neg
NextAfter NotEqual Pack Polygamma Pow QuantizeAndDequantizeV2 QuantizeAndDequantizeV3
QuantizeAndDequantizeV4 Real RealDiv Reciprocal RegexFullMatch RegexReplace Relu Relu6
ReverseSequence ReverseV2 RightShift Rint Roll Round Rsqrt Select SelectV2 Selu Sigmoid Sign Sin
Sinh Softmax Softplus Softsign Sqrt Square SquaredDifference Squeeze StaticRegexFullMatch
StaticRegexReplace StringJoin StringLength StringLower StringStrip StringToHashBucket
StringToHashBucketFast StringToHashBucketStrong StringToNumber StringUpper Sub Tan Tanh
TensorScatterAdd TensorScatterMax TensorScatterMin TensorScatterSub TensorScatterUpdate TopK
TruncateDiv TruncateMod Unpack Xdivy Xlog1py Xlogy Zeta
""".split()  # noqa: SIM905 - a hundred and fifty names

_BY_VALUES: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("All", "Any", "EuclideanNorm", "Max", "Mean", "Min", "Prod", "Sum"), (1,)),
    **dict.fromkeys(
        ("ArgMax", "ArgMin", "ExpandDims", "OneHot", "Tile", "TopKV2", "Multinomial"), (1,)
    ),
    **dict.fromkeys(("BroadcastTo", "Reshape", "Transpose", "ConjugateTranspose"), (1,)),
    **dict.fromkeys(("Pad", "PadV2", "MirrorPad"), (1,)),
    **dict.fromkeys(("BatchToSpaceND", "SpaceToBatchND", "Slice", "SplitV"), (1, 2)),
    **dict.fromkeys(("SegmentMax", "SegmentMean", "SegmentMin", "SegmentProd", "SegmentSum"), (1,)),
    **dict.fromkeys(("UnsortedSegmentMax", "UnsortedSegmentMin", "UnsortedSegmentProd"), (2,)),
    **dict.fromkeys(("ResizeArea", "ResizeBicubic", "ResizeBilinear"), (1,)),
    **dict.fromkeys(("RandomStandardNormal", "RandomUniform", "TruncatedNormal", "Fill"), (0,)),
    **dict.fromkeys(("Concat", "Conv2DBackpropInput", "Split", "Empty"), (0,)),
    **dict.fromkeys(("LookupTableFind", "LookupTableFindV2", "ResourceGather"), (0,)),
    "ResourceGatherNd": (0,),
    "ConcatV2": (-1,),
    "Multinomial": (1,),
    "GatherV2": (2,),
    "LinSpace": (2,),
    "ResizeNearestNeighbor": (1,),
    "ScatterNd": (2,),
    "StridedSlice": (1, 2, 3),
    "UnsortedSegmentSum": (2,),
}

SHAPE_OPERANDS: dict[str, tuple[int, ...]] = {**dict.fromkeys(_BY_SHAPES_ALONE, ()), **_BY_VALUES}
"""By op: the positions of the inputs whose values decide about shapes."""
