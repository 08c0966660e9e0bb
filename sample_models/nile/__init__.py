"""A model that remembers: every request moves the running average that the next starts from."""
