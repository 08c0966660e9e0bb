"""Warm-up records that a server cannot replay on a model's signatures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from servegate.savedmodel.dtypes import dtype_name
from servegate.savedmodel.signatures import Signature
from servegate.savedmodel.warmup import Warmup, WarmupRequest
from servegate.wording import listed

REPLAYED = frozenset({"predict", "classify", "regress", "multi_inference"})
"""The kinds of `PredictionLog` that TF Serving replays; another one fails the load.

Source: `RunWarmupRequest` in tensorflow_serving/servables/tensorflow/saved_model_warmup.cc.
"""


def unfit_records(warmup: Warmup, signatures: Iterable[Signature]) -> Iterator[str]:
    """What is wrong with each record, in clauses that name it ("record 3 …"), first to last.

    Shapes are not compared: signatures do not always tell the truth about them, and a server does
    not ask.
    """
    for kind, record in warmup.first.items():
        if kind not in REPLAYED:
            yield f"record {record} is a {kind.replace('_', ' ')} log, which is never replayed"
    by_name = {one.name: one for one in signatures}
    for request in warmup.requests:
        signature = by_name.get(request.signature)
        if signature is None:
            yield (
                f"record {request.record} asks the signature {request.signature!r}, and there is "
                f"{listed(map(repr, by_name)) or 'none'}"
            )
        else:
            yield from (f"record {request.record} {what}" for what in _unfit(request, signature))


def _unfit(request: WarmupRequest, signature: Signature) -> Iterator[str]:
    given = request.messages
    if unknown := sorted(given.keys() - {one.name for one in signature.inputs}):
        yield f"has {listed(map(repr, unknown))}, which {signature.name!r} does not take"
    for spec in signature.inputs:
        if spec.name not in given:
            if spec.name not in signature.defaults:
                yield f"lacks {spec.name!r}, which {signature.name!r} needs"
        elif (dtype := dtype_name(given[spec.name].dtype)) != spec.dtype.removesuffix("_ref"):
            yield f"has {spec.name!r} as {dtype}, and {signature.name!r} takes {spec.dtype}"
