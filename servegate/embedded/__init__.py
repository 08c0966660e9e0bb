"""A model server of our own that behaves as TensorFlow Serving 2.20 does.

`serve` starts it (`servegate.embedded.main`). TensorFlow itself works in it through the C API.
"""

# Registers TensorFlow's folder as a package that can be imported without running it. It stands
# here because the modules below import TF Serving's messages, which import TensorFlow's.
from servegate.savedmodel import protos as protos
