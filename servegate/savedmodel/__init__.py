"""Reading SavedModels from their files, without TensorFlow's runtime."""
