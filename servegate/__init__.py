"""Servegate decides whether a change of a TensorFlow SavedModel may go to production."""

__version__ = "0.1.0"
