"""Builds the models named on the command line; `build.py` starts it in a process of its own."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

import tensorflow as tf


def main() -> None:
    """Repeatable to the bit on one machine: one thread, deterministic kernels."""
    parser = argparse.ArgumentParser()
    parser.add_argument("target", type=Path)
    parser.add_argument("names", nargs="+")
    arguments = parser.parse_args()
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()
    for name in arguments.names:
        import_module(f"sample_models.{name}.build").build(arguments.target)


if __name__ == "__main__":
    main()
