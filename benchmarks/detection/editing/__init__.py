"""Editing SavedModels as files: graphs as protocol buffers, weights in their checkpoint."""
