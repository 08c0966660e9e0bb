"""What a SavedModel's graph can do, found out without running it."""
