"""Changes that ordinary teams make and that must pass; one function each."""
