"""What turns a review into the tensors that the model is trained on."""
