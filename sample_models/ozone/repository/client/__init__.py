"""What the weather station sends to the model server."""
