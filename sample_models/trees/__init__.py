"""Story 3, deaf to one input: a regression that was exported without one of its features."""
