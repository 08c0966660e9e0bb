"""Which variables a model has to have restored from its checkpoint before it can answer."""

from __future__ import annotations

from collections.abc import Iterable

from servegate.graph.body import closure
from servegate.graph.dependence import ModelGraph
from servegate.graph.facts import bits
from servegate.graph.layout import Resource
from servegate.graph.walk import Walk
from servegate.savedmodel.protos import MetaGraphDef
from servegate.savedmodel.reader import SavedModel

# Where TensorFlow 1 put its initialisers. Source: tensorflow/cc/saved_model/constants.h.
_INITIALISER_COLLECTIONS = ("saved_model_main_op", "legacy_init_op")


def needed_variables(graph: ModelGraph, model: SavedModel) -> tuple[Resource, ...]:
    """The variables that a signature uses and no initialiser sets, in the graph's order.

    When there are any and `variables/variables.index` is missing, TF Serving loads the model all
    the same and fails every request. A frozen model has none and needs no checkpoint. Raises
    `BrokenGraph`.
    """
    return _variables(graph, _used(graph, model) & ~_initialised(graph, model))


def initialised_variables(graph: ModelGraph, model: SavedModel) -> tuple[Resource, ...]:
    """The variables that a signature uses and that an initialiser writes, in the graph's order.

    TF Serving runs the initialisers after it has restored the checkpoint. Source: `LoadSavedModel`
    in tensorflow/cc/saved_model/loader.cc. Raises `BrokenGraph`.
    """
    return _variables(graph, _used(graph, model) & _initialised(graph, model))


def _used(graph: ModelGraph, model: SavedModel) -> int:
    served = [part for one in model.signatures for spec in one.outputs for part in spec.components]
    return _walk(graph, served).reached


def _variables(graph: ModelGraph, mask: int) -> tuple[Resource, ...]:
    found = graph.library.layout.resources_in(bits(mask))
    return tuple(one for one in found if one.is_variable)


def _initialised(graph: ModelGraph, model: SavedModel) -> int:
    found = 0
    for where, _ in _walk(graph, _initialisers(model)).writes():
        found |= where
    return found


def _walk(graph: ModelGraph, tensors: Iterable[str]) -> Walk:
    """Everything that runs when some tensors or nodes are fetched; unknown names are left out."""
    ports = [graph.port(name) for name in tensors]
    wanted = [port.node for port in ports if port is not None]
    return graph.walk(closure(graph.body, wanted, frozenset()), {}, 0)


def _initialisers(model: SavedModel) -> list[str]:
    """The tensors and nodes that the loader runs: of all the places where they may be named."""
    names = [part for one in model.initializers for spec in one.outputs for part in spec.components]
    meta_graph: MetaGraphDef = model.meta_graph
    for key in _INITIALISER_COLLECTIONS:
        if key in meta_graph.collection_def:
            names.extend(meta_graph.collection_def[key].node_list.value)
    return names
