"""Which files of a version directory a model server reads.

Source: `tensorflow/cc/saved_model/constants.h` and TF Serving's warm-up
(`servables/tensorflow/saved_model_warmup_util.cc`). The rest (fingerprint.pb, keras_metadata.pb,
documentation) changes nothing in what is answered.
"""

from __future__ import annotations

WARM_UP = "assets.extra/tf_serving_warmup_requests"

_FILES = frozenset({"saved_model.pb", "saved_model.pbtxt", WARM_UP})
_FOLDERS = ("variables/", "assets/")


def is_served(path: str) -> bool:
    """Whether a file, by its path within the version directory, influences what is served."""
    return path in _FILES or path.startswith(_FOLDERS)
