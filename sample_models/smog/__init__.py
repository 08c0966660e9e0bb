"""Serialized `tf.Example` in; a prediction, a classification and a regression out."""
