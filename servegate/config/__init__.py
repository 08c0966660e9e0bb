"""`servegate.yml`: what it may say, and what is wrong with one."""

from __future__ import annotations

import os

# Pydantic would look through every installed package for plugins of it; the gate uses none. That
# is a quarter of the time it takes to import the schema, and code that nobody asked for.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
