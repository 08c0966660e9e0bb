"""Plays an upgrade through on a running server, under load."""
