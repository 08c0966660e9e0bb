"""What `inspect` prints: the contents of a SavedModel, found out from its files alone."""
