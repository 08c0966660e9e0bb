"""Production's `ModelServerConfig`, the text proto behind `--model_config_file`, with its lines.

What is a valid file is decided by protobuf's own parser and TF Serving's own message class. What
TF Serving then thinks of the configuration is `servegate.tfserving.model_config_rules`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from servegate.tfserving.policy import PolicyKind, VersionPolicy
from servegate.tfserving.versions import Version

if TYPE_CHECKING:
    from servegate.tfserving.text_proto import WrittenField

_Message: TypeAlias = Any
"""A generated message: TF Serving's classes come without types."""

_MESSAGE_LIMIT = 300

# Comments and strings as a whole, and then what protobuf's C++ tokenizer does not take outside of
# them: it knows ASCII white space only, and NUL nowhere.
_LEXEMES = re.compile(
    r"""\#[^\n\0]* | (?P<string> "(?:[^"\\\n\0]|\\.)*" | '(?:[^'\\\n\0]|\\.)*' )
    | (?P<stray>[^\t-\r\x20-\x7e])""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(.)")
_KNOWN_ESCAPES = frozenset("abfnrtv\\'\"01234567xuU")


class BadModelConfig(Exception):
    """TF Serving cannot read the file. `line` counts from 1, None where the parser names none."""

    def __init__(self, message: str, line: int | None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEntry:
    """One `config { … }`: a model as production is told to serve it.

    `platform` is `model_platform` and `model_type` the deprecated field's enum name, both as they
    are written, empty where they are not. Lines count from 1 and are None for fields left out;
    `label_lines` holds the line of each label's last entry, the one that counts.
    """

    name: str
    base_path: str
    platform: str
    policy: VersionPolicy
    line: int
    model_type: str = ""
    labels: Mapping[str, Version] = field(default_factory=dict)
    base_path_line: int | None = None
    platform_line: int | None = None
    policy_line: int | None = None
    label_lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelServerConfig:
    """The whole file. `custom_line` is where a `custom_model_config` stands, if one does."""

    models: tuple[ModelEntry, ...]
    custom_line: int | None = None

    def entry(self, name: str) -> ModelEntry | None:
        """The entry of this model, the first where the file (wrongly) has several."""
        return next((one for one in self.models if one.name == name), None)


def read_model_config(content: bytes) -> ModelServerConfig:
    """Reads the file's bytes as `tensorflow_model_server` would. Raises `BadModelConfig`."""
    if not content:
        # Its size is zero, so TF Serving cannot map it: "Invalid argument" (recorded).
        raise BadModelConfig("The file is empty: TF Serving does not start on it.", 1)
    # Comments may hold any bytes; a string that is not UTF-8 is refused by the parser.
    text = content.decode("utf-8", "surrogateescape")
    _check_characters(text)
    message = _parse(text)

    from servegate.tfserving.text_proto import outline

    written = outline(text)
    listed = [entry for part in written.all("model_config_list") for entry in part.all("config")]
    configs = message.model_config_list.config
    return ModelServerConfig(
        models=tuple(_entry(config, at) for config, at in zip(configs, listed, strict=True)),
        custom_line=written.line_of("custom_model_config"),
    )


def _parse(text: str) -> _Message:
    from google.protobuf import text_format

    import servegate.savedmodel.protos  # noqa: F401 - first: the next module imports TensorFlow's

    # isort: split
    from tensorflow_serving.config import model_server_config_pb2

    try:
        return text_format.Parse(text, model_server_config_pb2.ModelServerConfig())
    except text_format.ParseError as error:
        line, column = error.GetLine(), error.GetColumn()
        words = str(error).removeprefix(f"{line}:{column} : ")
        if line:
            quoted = text.split("\n")[line - 1]
            words = words.removeprefix(f"'{quoted}': ")
        if "surrogates not allowed" in words:
            words = "A string is not UTF-8."
        raise BadModelConfig(words[:_MESSAGE_LIMIT], line) from None
    except RecursionError:
        raise BadModelConfig("The messages are nested too deeply.", None) from None


def _check_characters(text: str) -> None:
    """Refuses what Python's tokenizer takes and C++'s does not."""
    for match in _LEXEMES.finditer(text):
        if match["stray"]:
            flaw = f"U+{ord(match['stray']):04X} is not allowed here."
        elif set(_ESCAPE.findall(match["string"] or "")) - _KNOWN_ESCAPES:
            flaw = "Invalid escape sequence in string literal."
        else:
            continue
        raise BadModelConfig(flaw, text.count("\n", 0, match.start()) + 1)


def _entry(config: _Message, written: WrittenField) -> ModelEntry:
    return ModelEntry(
        name=config.name,
        base_path=config.base_path,
        platform=config.model_platform,
        model_type=_model_type(config),
        policy=_policy(config.model_version_policy),
        labels={label: Version(config.version_labels[label]) for label in config.version_labels},
        line=written.line,
        base_path_line=written.line_of("base_path"),
        platform_line=written.line_of("model_platform") or written.line_of("model_type"),
        policy_line=written.line_of("model_version_policy"),
        label_lines={_label(one): one.line for one in written.all("version_labels")},
    )


def _model_type(config: _Message) -> str:
    if not config.model_type:
        return ""
    values = config.DESCRIPTOR.fields_by_name["model_type"].enum_type.values_by_number
    known = values.get(config.model_type)
    return known.name if known else str(config.model_type)


def _policy(policy: _Message) -> VersionPolicy:
    match policy.WhichOneof("policy_choice"):
        case "all":
            return VersionPolicy(kind=PolicyKind.ALL)
        case "specific":
            versions = tuple(Version(one) for one in policy.specific.versions)
            return VersionPolicy(kind=PolicyKind.SPECIFIC, versions=versions)
        case "latest":
            return VersionPolicy(count=policy.latest.num_versions)
        case _:
            return VersionPolicy()


def _label(written: WrittenField) -> str:
    keys = [one.text for one in written.all("key")]
    return (keys[0] or b"").decode() if keys else ""
