"""Ops that the official TF Serving image has and TensorFlow's own wheel has not.

The image links TF-Text and TF-DF (`SUPPORTED_TENSORFLOW_OPS` in tensorflow_serving's
`model_servers/BUILD`). The names are those that tensorflow-text 2.21.1 registers, and the ops of
tensorflow-decision-forests 1.12.0 that serve.
"""

from __future__ import annotations

_TF_TEXT = """
    CaseFoldUTF8 ConstrainedSequence FastBertNormalize FastWordpieceTokenizeWithOffsets
    FindSourceOffsets MaxSpanningTree NormalizeUTF8 NormalizeUTF8WithOffsetsMap PhraseTokenize
    RegexSplitWithOffsets RougeL SentenceFragments SentenceFragmentsV2 SentencepieceDetokenizeOp
    SentencepieceIdToStringOp SentencepieceOp SentencepieceStringToIdOp SentencepieceTokenizeOp
    SentencepieceTokenizeWithOffsetsOp SentencepieceVocabSizeOp SplitMergeTokenizeWithOffsets
    TFText>BoiseTagsToOffsets TFText>ByteSplitByOffsets TFText>ByteSplitWithOffsets
    TFText>FastSentencepieceDetokenize TFText>FastSentencepieceTokenize
    TFText>FastWordpieceDetokenize TFText>NgramsStringJoin TFText>OffsetsToBoiseTags
    TFText>PhraseDetokenize TFText>RoundRobinGenerateMasks TFText>RoundRobinTrim
    TFText>Utf8Binarize TFText>WhitespaceTokenizeWithOffsetsV2 TokenizerFromLogits
    UnicodeScriptTokenizeWithOffsets WhitespaceTokenizeWithOffsets WordpieceTokenizeWithOffsets
"""
_TF_DF = """
    SimpleMLCreateModelResource SimpleMLFileModelLoader SimpleMLInferenceLeafIndexOpWithHandle
    SimpleMLInferenceOp SimpleMLInferenceOpWithHandle SimpleMLLoadModelFromPath
    SimpleMLLoadModelFromPathWithHandle SimpleMLUnloadModel
"""
OFFICIAL_IMAGE = frozenset(_TF_TEXT.split()) | frozenset(_TF_DF.split())
