"""Running model servers and asking them: the runtimes behind `servegate.facts.serving`."""
