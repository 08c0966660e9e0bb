"""A healthy model with several named inputs: floats, an integer and a string."""
