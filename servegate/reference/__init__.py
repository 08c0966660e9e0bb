"""What a SavedModel answers when it is run directly, without a server around it.

`servegate.reference.run` is the gate's side; `worker.py` is the program that runs the model.
"""
