"""Documents, and what generates the generated ones."""
