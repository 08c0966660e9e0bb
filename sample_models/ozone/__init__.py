"""Story 1, stale: a regression that is retrained while production pins its first version."""
