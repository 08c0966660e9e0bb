"""Faults, put into any healthy model that they fit; one function each, with its clean twin."""
