"""Models that answer as those did with which the kept exchanges were recorded."""

from __future__ import annotations

from pathlib import Path

from tests.support.tinymodels import Graph, Signature, write_model, write_saved_model

_DTYPES = ("float16", "float32", "float64", "int8", "uint64", "string")


def write_recorded_models(folder: Path) -> None:
    """Writes the models that `tests/conformance/recorded/models.config` names."""
    for number in ("00000123", "00000124"):
        _write_affine(folder / "saved_model_half_plus_two_2_versions" / number, 0.5, 2.0)
    _write_affine(folder / "saved_model_half_plus_three" / "00000123", 0.5, 3.0)
    for factor in (1, 2, 3):
        _write_affine(folder / "times" / str(factor), float(factor), 0.0)
    _write_identities(folder / "dtypes" / "1")
    _write_two_inputs(folder / "two" / "1")


def _write_affine(directory: Path, weight: float, bias: float) -> None:
    write_model(directory, weight=weight, bias=bias, shape=None)


def _write_identities(directory: Path) -> None:
    """A signature for each dtype that answers with what it is given, one of them as bytes."""
    graph = Graph()
    signatures = []
    for dtype in _DTYPES:
        given = graph.placeholder(f"given_{dtype}", dtype, (None,))
        same = graph.identity(given, name=f"same_{dtype}")
        outputs = {"y": same}
        signatures.append(Signature(key=f"id_{dtype}", inputs={"x": given}, outputs=outputs))
        if dtype == "string":
            outputs = {"y_bytes": same}
            signatures.append(Signature(key="id_bytes", inputs={"x": given}, outputs=outputs))
    write_saved_model(directory, graph, signatures)


def _write_two_inputs(directory: Path) -> None:
    graph = Graph()
    a, b = graph.placeholder("a", shape=(None,)), graph.placeholder("b", "int64", (None, 2))
    outputs = {"y": graph.identity(a, name="y")}
    write_saved_model(directory, graph, [Signature(inputs={"a": a, "b": b}, outputs=outputs)])
