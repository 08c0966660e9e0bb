"""Breaks healthy models in every known way; counts what is caught, and who is accused."""
