"""How every child process of the gate runs: limits, clean environment, and nothing left behind."""
