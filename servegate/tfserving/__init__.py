"""TF Serving's rules as pure functions: what it would do with a directory and a configuration.

The simulation in the checks and the embedded server use the same functions.
"""
