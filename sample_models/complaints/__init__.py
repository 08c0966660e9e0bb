"""Story 2, fed the wrong thing: training numbers words anew, clients keep the old ids."""
