"""What clients meet where a promise does not hold any more, in TF Serving's own words.

The server's messages are those of `predict_util.cc`, `json_tensor.cc`, `classifier.cc` and
`regressor.cc` in tensorflow_serving, with `…` for what is different from request to request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from servegate.contract import Break, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """How a kind of break is told. The server's words are TF Serving's own."""

    change: str
    clients: str
    remedy: str


_ALONG = "change client and examples in the same pull request"

TEXTS: Mapping[Kind, Text] = {
    Kind.SIGNATURE_GONE: Text(
        change="is not there any more",
        clients="Clients that call it get, over gRPC, 'Serving signature key … not found.', and "
        "over REST 'Serving signature name: … not found in signature def'.",
        remedy="Export the signature under its old name too",
    ),
    Kind.METHOD: Text(
        change="has another method",
        clients="A server with --enable_signature_method_name_check refuses its clients with "
        "'Expected … signature method_name to be …'; others trust the names of the tensors alone.",
        remedy="Export it with the method that it had, and the new one under another name",
    ),
    Kind.INPUT_GONE: Text(
        change="does not take all of its inputs any more",
        clients="Clients that send them get, over gRPC, 'input size does not match signature: … "
        "Sent extra: …', over REST in rows 'JSON object: does not have named input: …'; REST in "
        "columns drops them in silence.",
        remedy=f"Take the inputs again, or {_ALONG}",
    ),
    Kind.INPUT_RENAMED: Text(
        change="takes inputs by other names",
        clients="Clients get, over gRPC, 'Signature input alias: … not found in request', over "
        "REST 'JSON object: does not have named input: …'; only rows of a single input without "
        "its name are still answered.",
        remedy=f"Give the inputs their old names, or {_ALONG}",
    ),
    Kind.INPUT_REQUIRED: Text(
        change="requires inputs that requests did without before",
        clients="Clients that leave them out get, over gRPC, 'input size does not match "
        "signature: … Missing but required: …', over REST 'Missing named input: …'.",
        remedy=f"Give the inputs a default in the signature, or {_ALONG}",
    ),
    Kind.INPUT_DTYPE: Text(
        change="takes inputs of other dtypes",
        clients="gRPC clients get 'Expects arg[…] to be … but … is provided'; REST converts "
        "what it can, and refuses the rest with 'is not of expected type'.",
        remedy=f"Cast inside the graph and keep the dtypes, or {_ALONG}",
    ),
    Kind.INPUT_SHAPE: Text(
        change="takes inputs of other shapes",
        clients="The server does not compare requests with the shapes of a signature: the graph "
        "itself refuses what does not fit.",
        remedy=f"Reshape inside the graph, or {_ALONG}",
    ),
    Kind.OUTPUT_GONE: Text(
        change="does not give all of its outputs any more",
        clients="Clients find no such output in the answer; those that ask for it by name get "
        "'output tensor alias not found in signature: …'.",
        remedy="Give the outputs again",
    ),
    Kind.OUTPUT_RENAMED: Text(
        change="gives outputs by other names",
        clients="Clients find no output of the old name in the answer; those that ask for it by "
        "name get 'output tensor alias not found in signature: …'. Only over REST has the answer "
        "of a single output no name.",
        remedy="Give the outputs under their old names too",
    ),
    Kind.OUTPUT_DTYPE: Text(
        change="gives outputs of other dtypes",
        clients="gRPC clients that read the field of the old dtype (`float_val`, `int64_val`, …) "
        "find it empty, without an error.",
        remedy="Cast inside the graph and keep the dtypes",
    ),
    Kind.OUTPUT_SHAPE: Text(
        change="gives outputs of other shapes",
        clients="Clients that index into the answer read something else, or nothing.",
        remedy="Reshape inside the graph, or mend what the signature says",
    ),
}


def change(one: Break) -> str:
    """What became of it: `'x' is float64, was float32`."""
    match one.kind:
        case Kind.SIGNATURE_GONE:
            return f"{one.before!r} is {f'now called {one.after!r}' if one.after else 'missing'}"
        case Kind.METHOD:
            return f"{one.after!r}, was {one.before!r}"
        case Kind.INPUT_GONE | Kind.OUTPUT_GONE:
            return f"{one.name!r} ({one.before}) is missing"
        case Kind.INPUT_RENAMED | Kind.OUTPUT_RENAMED:
            return f"{one.before!r} is now {one.after!r}"
        case Kind.INPUT_REQUIRED:
            return f"{one.name!r} ({one.after}) must be sent"
        case _:
            return f"{one.name!r} is {one.after}, was {one.before}"


def promise(one: Break) -> str:
    """What it was before."""
    match one.kind:
        case Kind.SIGNATURE_GONE | Kind.INPUT_RENAMED | Kind.OUTPUT_RENAMED:
            return repr(one.before)
        case Kind.METHOD:
            return f"method {one.before!r}"
        case Kind.INPUT_REQUIRED:
            return f"requests without {one.name!r}"
        case _:
            return f"{one.name!r} ({one.before})"
