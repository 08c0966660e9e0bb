"""Is the candidate what production will serve?"""
