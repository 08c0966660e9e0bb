"""The log on stderr, line for line as TF Serving writes it.

Each line names the place in TF Serving's (2.20) source that writes it, so that whoever reads logs
reads one format. TensorFlow's own lines (reading, restoring, initialising a model) come from
the library itself, which runs in this process. They, and the lines of those files of TF Serving
that log through absl, follow absl's format.
"""

from __future__ import annotations

import os
import threading
import time
from datetime import datetime
from pathlib import PurePosixPath
from typing import NoReturn

_STDERR = 2

SERVER = "tensorflow_serving/model_servers/server.cc"
SERVER_CORE = "tensorflow_serving/model_servers/server_core.cc"
MODEL_SERVICE = "tensorflow_serving/model_servers/model_service_impl.cc"
SOURCE = "tensorflow_serving/sources/storage_path/file_system_storage_path_source.cc"
ASPIRED_VERSIONS = "tensorflow_serving/core/aspired_versions_manager.cc"
BASIC_MANAGER = "tensorflow_serving/core/basic_manager.cc"
BUNDLE_FACTORY = "tensorflow_serving/servables/tensorflow/bundle_factory_util.cc"
HARNESS = "tensorflow_serving/core/loader_harness.cc"
SIMPLE_LOADER = "./tensorflow_serving/core/simple_loader.h"
RETRIER = "tensorflow_serving/util/retrier.cc"
WARMUP = "tensorflow_serving/servables/tensorflow/saved_model_warmup_util.cc"
TEXT_FORMAT = "google/protobuf/text_format.cc"
FLAG_PARSER = "external/local_xla/xla/tsl/util/command_line_flags.cc"
EMBEDDED_MAIN = "servegate/embedded/main.py"

_OF_ABSL = frozenset([SERVER_CORE, TEXT_FORMAT])


def info(file: str, line: int, message: str) -> None:
    """An `I` line."""
    _write("I", file, line, message)


def warning(file: str, line: int, message: str) -> None:
    """A `W` line."""
    _write("W", file, line, message)


def error(file: str, line: int, message: str) -> None:
    """An `E` line."""
    _write("E", file, line, message)


def fatal(file: str, line: int, message: str) -> NoReturn:
    """An `F` line, with which the process ends: SIGABRT."""
    _write("F", file, line, message)
    os.abort()


def raw(text: str) -> None:
    """Text as it is; names may hold anything, so bytes that are not UTF-8 stay as they are.

    One `write`, and no buffer: lines of several threads and of the library do not mix.
    """
    os.write(_STDERR, text.encode("utf-8", "surrogateescape"))


def _write(severity: str, file: str, line: int, message: str) -> None:
    if file in _OF_ABSL:
        # Without `absl::InitializeLog()` the day and the hour are zero, and the second counts on.
        name, thread = PurePosixPath(file).name, threading.get_native_id()
        prefix = f"{severity}0000 00:00:{time.time():.6f} {thread:7d} {name}"
    else:
        prefix = f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S.%f}: {severity} {file}"
    raw(f"{prefix}:{line}] {message}\n")
