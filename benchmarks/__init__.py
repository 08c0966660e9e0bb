"""What is measured: how well the gate detects, and how fast it is."""
