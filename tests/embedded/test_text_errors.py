"""Mistakes in a configuration, as protobuf's C++ parser places and words them."""

from __future__ import annotations

import pytest

# isort: split
from servegate.savedmodel import protos  # noqa: F401 - registers TensorFlow's folder

# isort: split
from google.protobuf import text_format
from tensorflow_serving.config.model_server_config_pb2 import ModelServerConfig

from servegate.embedded.text_errors import as_cpp_says

LIST = "tensorflow.serving.ModelConfigList"
CONFIG = "tensorflow.serving.ModelConfig"
SAID = {
    'model_config_list { config { name: "x" ': "1:40: Expected identifier, got: ",
    'model_config_list {\n config { name: "x"\n': "3:1: Expected identifier, got: ",
    "model_config_list { broken": f'1:27: Message type "{LIST}" has no field named "broken".',
    'model_config_list { config { nam: "x" } }': (
        f'1:33: Message type "{CONFIG}" has no field named "nam".'
    ),
    'model_config_list { # one\n\tconfig { nam # two\n: "x" } }': (
        f'3:1: Message type "{CONFIG}" has no field named "nam".'
    ),
    'model_config_list { config { name "x" } }': '1:35: Expected ":", found ""x"".',
    "model_config_list { config { name: x } }": "1:36: Expected string, got: x",
    'model_config_list { config { name: "a" name: "b" } }': (
        '1:44: Non-repeated field "name" is specified multiple times.'
    ),
    "model_config_list }": '1:19: Expected "{", found "}".',
    "<html>": "1:1: Expected identifier, got: <",
    "model_config_list { config { version_labels { value: one } } }": (
        "1:54: Expected integer, got: one"
    ),
}


@pytest.mark.parametrize("text", SAID)
def test_mistakes_read_as_in_cpp(text: str) -> None:
    with pytest.raises(text_format.ParseError) as caught:
        text_format.Parse(text, ModelServerConfig())
    assert as_cpp_says(caught.value, text) == SAID[text]
