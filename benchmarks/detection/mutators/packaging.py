"""Version directories from which something is missing, or in which it is damaged."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from benchmarks.detection.change import Change
from benchmarks.detection.editing.model import saved_model
from benchmarks.detection.editing.pointers import make_pointer
from benchmarks.detection.editing.shards import checkpoint, first_number
from benchmarks.detection.editing.weights import change_floats
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.registry import Effect, Part, mutator
from servegate.savedmodel.bundle import INDEX
from servegate.savedmodel.reader import BINARY, TEXT

_WEIGHTS = frozenset({Part.WEIGHTS})
_OUTSIDE = "exports"


def _graph(change: Change) -> Path:
    binary = change.new / BINARY
    return binary if binary.is_file() else change.new / TEXT


def _shards(change: Change) -> list[Path]:
    found = sorted((change.new / INDEX).parent.glob("variables.data-*"))
    if not found:
        raise DoesNotFit("the model has no variables")
    return found


def _vocabulary(change: Change) -> Path:
    """The first asset of the graph; it is put on no model that has none."""
    with saved_model(change.new) as message:
        names = sorted(
            one.filename for graph in message.meta_graphs for one in graph.asset_file_def
        )
    files = [change.new / "assets" / name for name in names]
    if not files or not files[0].is_file():
        raise DoesNotFit("the model has no assets")
    return files[0]


@mutator("P01", changes={Part.MODEL}, effect=Effect.DOES_NOT_LOAD)
def the_graph_is_an_lfs_pointer(change: Change) -> None:
    """saved_model.pb is a Git LFS pointer whose content was never committed."""
    make_pointer(_graph(change))


@the_graph_is_an_lfs_pointer.twin(changes={Part.OTHER}, effect=Effect.AS_BEFORE)
def the_graph_is_kept_in_lfs_and_fetched(change: Change) -> None:
    """saved_model.pb is declared in .gitattributes, and the checkout has fetched it."""
    change.head.write(".gitattributes", f"{BINARY} filter=lfs diff=lfs merge=lfs -text\n")


@mutator("P01", changes=_WEIGHTS, effect=Effect.DOES_NOT_LOAD)
def a_shard_is_an_lfs_pointer(change: Change) -> None:
    """The weights are a Git LFS pointer whose content was never committed."""
    make_pointer(_shards(change)[0])


@a_shard_is_an_lfs_pointer.twin(changes={Part.OTHER}, effect=Effect.AS_BEFORE)
def the_shards_are_kept_in_lfs_and_fetched(change: Change) -> None:
    """The weights are declared in .gitattributes, and the checkout has fetched them."""
    change.head.write(".gitattributes", "variables.data-* filter=lfs diff=lfs merge=lfs -text\n")


@mutator("P01", changes={Part.ASSETS}, effect=Effect.ELSEWHERE)
def an_asset_is_an_lfs_pointer(change: Change) -> None:
    """An asset is a Git LFS pointer whose content was never committed."""
    make_pointer(_vocabulary(change))


@an_asset_is_an_lfs_pointer.twin(changes={Part.OTHER}, effect=Effect.AS_BEFORE)
def the_assets_are_kept_in_lfs_and_fetched(change: Change) -> None:
    """The assets are declared in .gitattributes, and the checkout has fetched them."""
    _vocabulary(change)
    change.head.write(".gitattributes", "assets/* filter=lfs diff=lfs merge=lfs -text\n")


@mutator("P02", changes=_WEIGHTS, effect=Effect.REFUSES)
def the_index_is_missing(change: Change) -> None:
    """variables.index was not committed: the model loads without its weights."""
    _shards(change)
    (change.new / INDEX).unlink()


@the_index_is_missing.twin(effect=Effect.AS_BEFORE)
def the_index_has_a_companion(change: Change) -> None:
    """`variables/checkpoint`, which a trainer leaves there, was committed too."""
    _shards(change)
    content = 'model_checkpoint_path: "variables"\n'
    (change.new / INDEX).with_name("checkpoint").write_text(content)


@mutator("P02", changes=_WEIGHTS, effect=Effect.DOES_NOT_LOAD)
def a_shard_is_missing(change: Change) -> None:
    """A shard of the weights was not committed."""
    _shards(change)[-1].unlink()


@a_shard_is_missing.twin(effect=Effect.AS_BEFORE)
def the_weights_lie_in_one_shard(change: Change) -> None:
    """The weights were saved anew in one shard, index and all."""
    with checkpoint(change.new) as held:
        held.header.version.producer += 1  # a newer TensorFlow wrote it


@mutator("P02", changes=_WEIGHTS, effect=Effect.DOES_NOT_LOAD)
def the_shard_counts_differ(change: Change) -> None:
    """The file names say one shard more than the index does."""
    shards = _shards(change)
    for shard in shards:
        stem = shard.name.rpartition("-of-")[0]
        shard.rename(shard.with_name(f"{stem}-of-{len(shards) + 1:05}"))


@the_shard_counts_differ.twin(effect=Effect.AS_BEFORE)
def the_weights_lie_in_three_shards(change: Change) -> None:
    """The weights were saved in three shards, index and all."""
    with checkpoint(change.new, shards=3):
        pass


@mutator("P03", changes=_WEIGHTS, effect=Effect.DOES_NOT_LOAD)
def a_shard_is_cut_short(change: Change) -> None:
    """A copy of the weights was interrupted."""
    shard = _shards(change)[0]
    content = shard.read_bytes()
    shard.write_bytes(content[: len(content) // 2])


@a_shard_is_cut_short.twin(effect=Effect.AS_BEFORE)
def a_shard_has_bytes_to_spare(change: Change) -> None:
    """A shard has four bytes more than the index asks for, as after an alignment."""
    shard = _shards(change)[-1]
    shard.write_bytes(shard.read_bytes() + bytes(4))


@mutator("P03", changes=_WEIGHTS, effect=Effect.DOES_NOT_LOAD)
def a_bit_is_flipped(change: Change) -> None:
    """A bit of the weights was flipped on the way."""
    shard, offset, size = first_number(change.new)
    content = bytearray(shard.read_bytes())
    content[offset + size - 1] ^= 1
    shard.write_bytes(content)


@a_bit_is_flipped.twin(effect=Effect.ANSWERS)
def the_weights_move_by_their_last_bits(change: Change) -> None:
    """The weights were moved by a few of their last bits, checksums and all."""
    change_floats(change.new, lambda values: values * (1 + 4 * np.finfo(values.dtype).eps))


@mutator("P03", changes=_WEIGHTS, effect=Effect.DOES_NOT_LOAD)
def the_index_is_cut_short(change: Change) -> None:
    """A copy of the weights' index was interrupted."""
    _shards(change)
    index = change.new / INDEX
    index.write_bytes(index.read_bytes()[:-9])


@the_index_is_cut_short.twin(effect=Effect.AS_BEFORE)
def the_index_is_written_anew(change: Change) -> None:
    """The weights' index was written anew in other blocks."""
    with checkpoint(change.new, shards=2):
        pass


@mutator("P03", changes={Part.MODEL}, effect=Effect.DOES_NOT_LOAD)
def the_graph_is_cut_short(change: Change) -> None:
    """A copy of saved_model.pb was interrupted."""
    graph = _graph(change)
    content = graph.read_bytes()
    graph.write_bytes(content[: len(content) // 2])


@the_graph_is_cut_short.twin(effect=Effect.AS_BEFORE)
def the_graph_is_written_anew(change: Change) -> None:
    """saved_model.pb was written anew, with another description of who wrote it."""
    with saved_model(change.new) as message:
        for graph in message.meta_graphs:
            graph.meta_info_def.meta_graph_version = "nightly"


@mutator("P04", changes={Part.ASSETS}, effect=Effect.DOES_NOT_LOAD)
def an_asset_is_missing(change: Change) -> None:
    """The file that the graph's table is filled from was not committed."""
    asset = _vocabulary(change)
    _need_a_table(change)
    asset.unlink()


@an_asset_is_missing.twin(changes={Part.ASSETS, Part.MODEL}, effect=Effect.AS_BEFORE)
def an_asset_has_another_name(change: Change) -> None:
    """The file that the graph's table is filled from has got a new name, in the graph too."""
    asset = _vocabulary(change)
    _need_a_table(change)
    with saved_model(change.new) as message:
        for graph in message.meta_graphs:
            for one in graph.asset_file_def:
                if one.filename == asset.name:
                    one.filename = f"renamed_{asset.name}"
    asset.rename(asset.with_name(f"renamed_{asset.name}"))


def _need_a_table(change: Change) -> None:
    """Raises `DoesNotFit` where no table would miss the asset."""
    if not any(b"InitializeTableFromTextFile" in one.read_bytes() for one in [_graph(change)]):
        raise DoesNotFit("no table is filled from an asset")


@mutator("P07", changes=_WEIGHTS, effect=Effect.DOES_NOT_LOAD)
def the_weights_are_a_dangling_link(change: Change) -> None:
    """The weights are a link into a store that is not there."""
    shard = _shards(change)[0]
    shard.unlink()
    shard.symlink_to(Path("..") / "store" / shard.name)


@the_weights_are_a_dangling_link.twin(changes={Part.WEIGHTS, Part.FILES}, effect=Effect.AS_BEFORE)
def the_weights_are_a_link_inside_the_version(change: Change) -> None:
    """The weights are a link to a file of the same version."""
    shard = _shards(change)[0]
    _move_and_link(shard, change.new / "store" / shard.name)


@mutator("P07", changes={Part.WEIGHTS, Part.OTHER}, effect=Effect.AS_BEFORE)
def the_weights_are_a_link_out_of_the_tree(change: Change) -> None:
    """The weights are a link to a file of the repository that is deployed with no model."""
    shard = _shards(change)[0]
    _move_and_link(shard, change.head.file(f"{_OUTSIDE}/{shard.name}"))


@the_weights_are_a_link_out_of_the_tree.twin(changes={Part.OTHER}, effect=Effect.AS_BEFORE)
def a_link_leads_into_the_tree(change: Change) -> None:
    """A link elsewhere in the repository leads to the weights."""
    shard = _shards(change)[0]
    link = change.head.file(f"{_OUTSIDE}/{shard.name}")
    link.symlink_to(_relative(shard, link.parent))


def _move_and_link(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    file.rename(target)
    file.symlink_to(_relative(target, file.parent))


def _relative(target: Path, start: Path) -> str:
    return os.path.relpath(target, start)
