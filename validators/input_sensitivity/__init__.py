"""Do the answers depend on the input?"""
