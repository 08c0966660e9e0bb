"""What the help desk sends to the model server."""
