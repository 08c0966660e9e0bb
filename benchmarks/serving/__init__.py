"""How fast the embedded server answers, beside the same model called without a server."""
