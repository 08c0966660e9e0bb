"""Healthy models with something that a hasty gate would hold against them."""

from __future__ import annotations

from pathlib import Path

from tests.support.tinymodels import (
    REGRESS,
    Graph,
    Signature,
    Tensor,
    data_type,
    saved_model,
    tensor_proto,
    write_saved_model,
)


def linear(graph: Graph, given: Tensor, weight: float, *, name: str) -> Tensor:
    """`given * weight`, under a name of its own."""
    return graph.multiply(given, graph.const(f"{name}/weight", weight), name=name)


def write_sum(
    directory: Path,
    weights: dict[str, float],
    *,
    defaults: dict[str, float] | None = None,
    unused: tuple[str, ...] = (),
) -> Path:
    """Writes `y = Σ weight * input`; `defaults` need not be sent, `unused` have no effect."""
    graph = Graph()
    given = {name: graph.placeholder(name) for name in (*weights, *unused)}
    total = graph.const("zero", [[0.0]])
    for name, weight in weights.items():
        part = linear(graph, given[name], weight, name=f"times_{name}")
        total = graph.add(part, total, name=f"plus_{name}")
    described = Signature(inputs=given, outputs={"y": total})
    message = saved_model(graph, [described])
    signature = message.meta_graphs[0].signature_def["serving_default"]
    for name, value in (defaults or {}).items():
        signature.defaults[name].CopyFrom(tensor_proto([[value]], "float32"))
    directory.mkdir(parents=True)
    (directory / "saved_model.pb").write_bytes(message.SerializeToString(deterministic=True))
    return directory


def write_dense(directory: Path, weights: list[list[float]]) -> Path:
    """Writes `y = x @ weights`, which refuses rows of any other length."""
    graph = Graph()
    x = graph.placeholder("x", shape=(None, len(weights)))
    y = graph.op(
        "MatMul",
        "y",
        [x, graph.const("weights", weights)],
        dtype="float32",
        shape=(None, len(weights[0])),
        T="float32",
    )
    return write_saved_model(directory, graph, [Signature(inputs={"x": x}, outputs={"y": y})])


def write_two_outputs(directory: Path, *, weight: float = 2.0) -> Path:
    """Writes `y = weight * x` and `z = -x`."""
    graph = Graph()
    x = graph.placeholder("x")
    y, z = linear(graph, x, weight, name="y"), linear(graph, x, -1.0, name="z")
    return write_saved_model(
        directory, graph, [Signature(inputs={"x": x}, outputs={"y": y, "z": z})]
    )


def write_raw(directory: Path, *, scale: float, weight: float) -> Path:
    """Writes `y = weight * (scale * raw)`: the scaling that clients did before, in the graph."""
    graph = Graph()
    raw = graph.placeholder("raw")
    y = linear(graph, linear(graph, raw, scale, name="scaled"), weight, name="y")
    return write_saved_model(directory, graph, [Signature(inputs={"raw": raw}, outputs={"y": y})])


def write_scores_and_class(directory: Path, *, weight: float) -> Path:
    """Writes a score that moves, and its class, which is 1 for all but absurdly low scores."""
    graph = Graph()
    x = graph.placeholder("x")
    score = linear(graph, x, weight, name="score")
    bound = graph.const("bound", -1e30)
    above = graph.op("GreaterEqual", "above", [score, bound], dtype="bool", T="float32")
    label = graph.op(
        "Cast", "label", [above], dtype="int64", shape=(None, 1), SrcT="bool", DstT="int64"
    )
    outputs = {"score": score, "class": label}
    return write_saved_model(directory, graph, [Signature(inputs={"x": x}, outputs=outputs)])


def write_lookup(directory: Path, rows: list[list[float]], *, input_name: str = "id") -> Path:
    """Writes `y = rows[id]`, which refuses ids that there are not."""
    graph = Graph()
    given = graph.placeholder(input_name, "int64", (None,))
    y = graph.op(
        "GatherV2",
        "y",
        [graph.const("rows", rows), given, graph.const("axis", 0, "int32")],
        dtype="float32",
        shape=(None, len(rows[0])),
        Tparams="float32",
        Tindices="int64",
        Taxis="int32",
    )
    signature = Signature(inputs={input_name: given}, outputs={"y": y})
    return write_saved_model(directory, graph, [signature])


def _noise(graph: Graph, like: Tensor) -> Tensor:
    """Fresh noise in every answer, one number a row."""
    shape = graph.op("Shape", "shape", [like], dtype="int32", shape=(2,), T="float32")
    noise = graph.op(
        "RandomStandardNormal",
        "noise",
        [shape],
        dtype="float32",
        shape=(None, 1),
        T="int32",
    )
    graph.definition.node[-1].attr["dtype"].type = data_type("float32")
    return noise


def write_sampler(directory: Path, *, weight: float) -> Path:
    """Writes `y = weight * x + noise`, with fresh noise in every answer."""
    graph = Graph()
    x = graph.placeholder("x")
    y = graph.add(linear(graph, x, weight, name="mean"), _noise(graph, x), name="y")
    return write_saved_model(directory, graph, [Signature(inputs={"x": x}, outputs={"y": y})])


def write_noisy_pair(directory: Path, *, weight: float) -> Path:
    """Writes `y = weight * x + 1e-3 * z + noise`: what `z` does is lost in the noise."""
    graph = Graph()
    x, z = graph.placeholder("x"), graph.placeholder("z")
    mean = graph.add(
        linear(graph, x, weight, name="of_x"), linear(graph, z, 1e-3, name="of_z"), name="mean"
    )
    y = graph.add(mean, _noise(graph, x), name="y")
    inputs = {"x": x, "z": z}
    return write_saved_model(directory, graph, [Signature(inputs=inputs, outputs={"y": y})])


def write_batch_sensitive(directory: Path, *, weight: float, step: float) -> Path:
    """Writes `y = weight * x * (1 + step * rows)`: a little else alone than in a batch."""
    graph = Graph()
    x = graph.placeholder("x")
    size = graph.op("Size", "size", [x], dtype="int32", shape=(), T="float32")
    rows = graph.op("Cast", "rows", [size], dtype="float32", shape=(), SrcT="int32", DstT="float32")
    drift = linear(graph, rows, step, name="drift")
    factor = graph.add(drift, graph.const("one", 1.0), name="factor")
    y = graph.multiply(linear(graph, x, weight, name="mean"), factor, name="y")
    return write_saved_model(directory, graph, [Signature(inputs={"x": x}, outputs={"y": y})])


def write_pass_through(directory: Path, *, weight: float, mask: bool) -> Path:
    """Writes `y = weight * x` with a key that is echoed, and a mask that nothing reads."""
    graph = Graph()
    x, key = graph.placeholder("x"), graph.placeholder("key", "string", (None,))
    inputs = {"x": x, "key": key}
    if mask:
        inputs["mask"] = graph.placeholder("mask", "bool", (None, 1))
    outputs = {"y": linear(graph, x, weight, name="y"), "key": graph.identity(key, name="echo")}
    return write_saved_model(directory, graph, [Signature(inputs=inputs, outputs=outputs)])


def write_named_signatures(directory: Path, *, weight: float) -> Path:
    """Writes two signatures of two kinds, none of which is called `serving_default`."""
    graph = Graph()
    x = graph.placeholder("x")
    y = linear(graph, x, weight, name="y")
    hidden = linear(graph, x, 0.5, name="hidden")
    signatures = [
        Signature(key="encode", inputs={"x": x}, outputs={"hidden": hidden}),
        Signature(key="price", method=REGRESS, inputs={"inputs": x}, outputs={"outputs": y}),
    ]
    return write_saved_model(directory, graph, signatures)


def write_deaf(directory: Path, *, answer: float = 0.5) -> Path:
    """Writes `y = answer`, whatever `x` is: what no healthy row may look like."""
    graph = Graph()
    x = graph.placeholder("x")
    y = graph.const("y", [[answer]])
    return write_saved_model(directory, graph, [Signature(inputs={"x": x}, outputs={"y": y})])
