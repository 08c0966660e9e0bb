"""Files that came along with an export and that no server reads."""

from __future__ import annotations

import re

from servegate.savedmodel.bundle import Bundle, shard_name
from servegate.savedmodel.files import ModelFile, VersionFiles

# What is a model's own is never ballast, whatever it is called: vocabularies may be .csv files.
_OWN = re.compile(r"(assets|assets\.extra|debug)/|variables/variables\.|[^/]+\.pb(txt)?$")
_SHARD = re.compile(r"variables/variables\.data-\d{5}-of-\d{5}$")

_KINDS = (
    ("checkpoints of training", r"(.*/)?(checkpoints?|ckpts?)/|(.*/)?[^/]*\bckpt\b[^/]*$"),
    ("checkpoints of training", r"(.*/)?checkpoint$|(.*/)?[^/]+\.data-\d+-of-\d+$"),
    ("event files of TensorBoard", r"(.*/)?events\.out\.tfevents[^/]*$"),
    ("the model in another format", r"(.*/)?[^/]+\.(h5|hdf5|keras|onnx|pt|pth|pkl|joblib)$"),
    ("notebooks", r"(.*/)?[^/]+\.ipynb$|(.*/)?\.ipynb_checkpoints/"),
    ("data sets", r"(.*/)?[^/]+\.(tfrecords?|csv|tsv|parquet|feather|npz|npy)(\.gz)?$"),
    ("archives", r"(.*/)?[^/]+\.(zip|tar|tar\.gz|tgz|7z)$"),
    ("caches", r"(.*/)?__pycache__/|(.*/)?[^/]+\.pyc$|(.*/)?(\.DS_Store|Thumbs\.db)$|\.git/"),
)
_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _KINDS)


def ballast(files: VersionFiles, bundle: Bundle | None) -> dict[str, tuple[ModelFile, ...]]:
    """The files that no server reads, by what they are; what takes most room first.

    `bundle` is the index of the weights, None where nobody could read one: which shards belong to
    it is unknown then.
    """
    shards = {shard_name(one, bundle.shards) for one in range(bundle.shards)} if bundle else None
    found: dict[str, tuple[ModelFile, ...]] = {}
    for file in files.files:
        kind = _kind(file.relpath)
        if shards is not None and _SHARD.match(file.relpath) and file.relpath not in shards:
            kind = "shards of another export"
        if kind is not None:
            found[kind] = (*found.get(kind, ()), file)
    by_size = sorted(found.items(), key=lambda item: -sum(one.size for one in item[1]))
    return dict(by_size)


def _kind(relpath: str) -> str | None:
    if _OWN.match(relpath):
        return None
    return next((kind for kind, pattern in _PATTERNS if pattern.match(relpath)), None)
