"""What the shop's backend sends to the model server."""
