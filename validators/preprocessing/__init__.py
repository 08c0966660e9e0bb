"""Does what reaches the graph equal what training put there?"""
