"""The runtime for the real thing: the candidate's image, run by a Docker engine."""
