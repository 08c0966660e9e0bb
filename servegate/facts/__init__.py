"""Plain data that evidence providers make and checks are given."""
