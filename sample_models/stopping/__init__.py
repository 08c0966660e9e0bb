"""A model in the format of TensorFlow 1: a graph, reference variables, a legacy init op."""
