"""What exists beside the gate: the same faults given to tools that others use today."""
