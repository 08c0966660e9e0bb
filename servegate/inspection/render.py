"""An inspection as text for a terminal."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from servegate.graph.dependence import Influence, OutputDependence
from servegate.inspection.safe import printable
from servegate.wording import size

if TYPE_CHECKING:
    from servegate.inspection.model import Contract, Inspection, OpCount, VersionInspection
    from servegate.savedmodel.signatures import Shape, TensorSpec

_NAME = 60  # characters of a name that are shown
_SENTENCE = 600
_OPS = 8
_LISTED = 10


def render(inspection: Inspection, *, width: int = 100, color: bool = False) -> str:
    """The inspection as lines of at most `width` columns, with terminal colours if wanted."""
    stream = io.StringIO()
    console = Console(
        file=stream,
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
        highlight=False,
        markup=False,
        emoji=False,
    )
    for part in _parts(inspection):
        console.print(part)
    return stream.getvalue()


def _parts(inspection: Inspection) -> Iterator[RenderableType]:
    yield Text(_name(inspection.path, _SENTENCE), style="bold")
    yield from _problems(inspection.problems)
    for version in inspection.versions:
        yield Text()
        yield from _version(version)
    if inspection.ignored:
        yield Text(f"\nNo versions to TF Serving: {_names(inspection.ignored)}")
    if inspection.not_read:
        yield Text(f"\nLower versions, not read: {_names(inspection.not_read)}")


def _version(one: VersionInspection) -> Iterator[RenderableType]:
    title = f"Version {one.version}" if one.version is not None else _name(one.directory)
    if one.version is not None and str(one.version) != one.directory:
        title += f" ({_name(one.directory)})"
    yield Text(title + (", served by default" if one.served else ""), style="bold")
    yield from _problems(one.problems)
    yield _facts(one)
    for contract in one.contracts:
        yield _signature(contract)
        yield from _remarks(contract)


def _problems(problems: tuple[str, ...]) -> Iterator[Text]:
    for problem in problems:
        yield Text(f"! {printable(problem, _SENTENCE)}", style="red")


def _facts(one: VersionInspection) -> Table:
    """What is known of the version as a whole: two columns, without lines for what is not there."""
    table = Table.grid(padding=(0, 2))
    for title, text in _fact_lines(one):
        if text:
            table.add_row(Text(f"  {title}"), Text(text))
    return table


def _fact_lines(one: VersionInspection) -> Iterator[tuple[str, str]]:
    if one.file:
        yield "model", f"{one.file}, TensorFlow {_name(one.tensorflow_version) or 'unknown'}"
    yield "size", f"{size(one.size)} in {one.files} {'file' if one.files == 1 else 'files'}"
    if one.weights:
        count = one.weights.tensors
        tensors = "1 tensor" if count == 1 else f"{count} tensors"
        yield "variables", f"{tensors}, {size(one.weights.size)}"
    elif one.file:
        yield "variables", "none"
    yield "ops", _ops(one.ops, one.functions)
    yield "notable", ", ".join(f"{_name(op.op)} ({op.remark})" for op in one.ops if op.remark)
    yield "assets", _names(tuple(asset.name for asset in one.assets))
    yield "warm-up", ", ".join(f"{count} {kind}" for kind, count in one.warmup)
    yield "fingerprint", str(one.fingerprint.saved_model_checksum) if one.fingerprint else ""


def _ops(ops: tuple[OpCount, ...], functions: int) -> str:
    if not ops:
        return ""
    most = ", ".join(f"{_name(op.op)} {op.count}" for op in ops[:_OPS])
    total = sum(op.count for op in ops)
    return f"{total} of {len(ops)} kinds in the graph and {functions} functions: {most}"


def _signature(contract: Contract) -> Table:
    signature = contract.signature
    title = Text(f"{_name(signature.name)}  {_name(signature.method)}", style="bold")
    table = Table(title=title, title_justify="left", expand=False)
    for heading in ("", "name", "dtype", "shape", "depends on"):
        table.add_column(heading, overflow="fold")
    dependence = (
        {one.name: one for one in contract.dependence.outputs} if contract.dependence else {}
    )
    for spec in signature.inputs:
        table.add_row("optional" if spec.name in signature.defaults else "input", *_spec(spec), "")
    for spec in signature.outputs:
        table.add_row("output", *_spec(spec), _depends_on(dependence.get(spec.name)))
    return table


def _spec(spec: TensorSpec) -> tuple[Text, Text, Text]:
    return Text(_name(spec.name)), Text(_name(spec.dtype)), Text(_shape(spec.shape))


def _shape(shape: Shape) -> str:
    if shape is None:
        return "any"
    return "[" + ", ".join("?" if size is None else str(size) for size in shape[:_LISTED]) + "]"


def _depends_on(output: OutputDependence | None) -> Text:
    if output is None:
        return Text("unknown")
    if not output.inputs:
        return Text("no input: there is none")
    values = [name for name, one in output.inputs.items() if one is Influence.VALUE]
    shapes = [name for name, one in output.inputs.items() if one is Influence.SHAPE]
    parts = [_names(tuple(values))] if values else []
    if shapes:
        parts.append(f"the shape of {_names(tuple(shapes))}")
    return Text("; ".join(parts)) if parts else Text("no input", style="red")


def _remarks(contract: Contract) -> Iterator[Text]:
    """What the table has no column for."""
    dependence = contract.dependence
    if dependence is None:
        return
    if dependence.unfed:
        yield Text(f"  ! needs placeholders that no request fills: {_names(dependence.unfed)}")
    if dependence.outputs and dependence.inputs_without_influence:
        idle = _names(dependence.inputs_without_influence)
        yield Text(f"  ! no output depends on the values of {idle}")
    for one in dependence.outputs:
        name = _name(one.name)
        if one.identical_to:
            yield Text(f"  {name} is a copy of {_names(one.identical_to)}")
        if one.sources:
            ops = ", ".join(f"{source.source} ({_name(source.op)})" for source in one.sources)
            yield Text(f"  {name} depends on {ops}")
        if one.state:
            yield Text(f"  {name} depends on what earlier requests left in {_names(one.state)}")
        if one.cut and one.inputs:
            ends = tuple(f"{cut.node} ({cut.kind})" for cut in one.cut)
            yield Text(f"  {name} comes from {_names(ends, _NAME * 2)}")


def _names(names: tuple[str, ...], limit: int = _NAME) -> str:
    shown = ", ".join(_name(one, limit) for one in names[:_LISTED])
    return shown if len(names) <= _LISTED else f"{shown} and {len(names) - _LISTED} more"


def _name(text: str, limit: int = _NAME) -> str:
    return printable(text, limit)
