"""Ops that the official TF Serving image has and TensorFlow's own wheel has not.

The image links TF-Text and TF-DF (`SUPPORTED_TENSORFLOW_OPS` in tensorflow_serving's
`model_servers/BUILD`). The names are those that tensorflow-text 2.21.1 registers, and the ops of
tensorflow-decision-forests 1.12.0 that serve.
"""

from __future__ import annotations

import re

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

_EMBEDDED = "embedded"
_NOT_REGISTERED = re.compile(r"Op type not registered '([^']+)'")


def unregistered_op(reason: str) -> str | None:
    """The op that a server did not know, by its own error; None when it failed otherwise."""
    match = _NOT_REGISTERED.search(reason)
    return match.group(1) if match else None


def lacked_by(runtime: str, reason: str) -> str | None:
    """The op that kept a model from being loaded only because of the runtime that was chosen.

    The embedded server lacks what the official image has; None where that is not the reason.
    """
    op = unregistered_op(reason)
    return op if runtime == _EMBEDDED and op in OFFICIAL_IMAGE else None
