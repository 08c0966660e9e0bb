"""Story 2, fed the wrong thing: a classifier of token ids whose client sends something else."""
