"""Running the project's own preprocessing callables, in a process and an interpreter of theirs."""
