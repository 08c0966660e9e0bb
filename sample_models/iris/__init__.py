"""Story 3, deaf: a classifier that was exported with a constant in place of its input."""
