"""Runs checks: finds out what evidence they need, obtains it once, judges what they say."""
