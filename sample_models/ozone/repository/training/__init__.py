"""What turns a day's weather into the tensors that the model is trained on."""
