"""Formats: a report in, text out. Only the command line writes what these return."""
