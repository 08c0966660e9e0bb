"""Text in: the graph itself splits it and looks its words up. Once with an empty vocabulary."""
