from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from google.protobuf import text_format
from hypothesis import given
from hypothesis import strategies as st

import servegate.savedmodel.protos  # noqa: F401 - before TF Serving's messages

# isort: split
from tensorflow_serving.config import model_server_config_pb2

from servegate.tfserving.model_config import (
    BadModelConfig,
    ModelEntry,
    ModelServerConfig,
    read_model_config,
)
from servegate.tfserving.policy import PolicyKind, VersionPolicy
from servegate.tfserving.versions import INT64_MAX, INT64_MIN, Version

ODD = b"""\
# config { name: "not me" }
model_config_list: <
  config: [
    { name: 'a' "b\\x63", base_path:
        "/models/a # no comment"; model_platform: "tensorflow"
      version_labels < key: "st"
        'able' value: 1 >,
      version_labels { value: 7 key: "canary" } },   # [ } >
    <
      name: "second" model_type: TENSORFLOW
      model_version_policy { specific {
        versions: [3, 0x4] versions: 05 } }
    >
  ]
  config { }
>
"""


def test_odd_formatting_is_read_with_its_lines() -> None:
    first, second, third = read_model_config(ODD).models
    assert first == ModelEntry(
        name="abc",
        base_path="/models/a # no comment",
        platform="tensorflow",
        policy=VersionPolicy(),
        labels={"stable": Version(1), "canary": Version(7)},
        line=4,
        base_path_line=4,
        platform_line=5,
        label_lines={"stable": 6, "canary": 8},
    )
    assert second == ModelEntry(
        name="second",
        base_path="",
        platform="",
        model_type="TENSORFLOW",
        policy=VersionPolicy(
            kind=PolicyKind.SPECIFIC, versions=(Version(3), Version(4), Version(5))
        ),
        line=9,
        platform_line=10,
        policy_line=11,
    )
    assert (third.name, third.line, third.policy_line) == ("", 15, None)


@pytest.mark.parametrize(
    ("written", "policy"),
    [
        ("", VersionPolicy()),
        ("model_version_policy { }", VersionPolicy()),
        ("model_version_policy { latest { } }", VersionPolicy(count=0)),
        ("model_version_policy { latest { num_versions: 2 } }", VersionPolicy(count=2)),
        ("model_version_policy { all { } }", VersionPolicy(kind=PolicyKind.ALL)),
        ("model_version_policy { specific { } }", VersionPolicy(kind=PolicyKind.SPECIFIC)),
    ],
)
def test_policies(written: str, policy: VersionPolicy) -> None:
    config = read_model_config(f"model_config_list {{ config {{ {written} }} }}".encode())
    assert config.models[0].policy == policy


def test_an_entry_is_found_by_name() -> None:
    config = read_model_config(ODD)
    assert config.entry("second") is config.models[1]
    assert config.entry("nobody") is None


def test_messages_that_the_gate_does_not_read_do_not_disturb_it() -> None:
    content = b"""\
model_config_list { config {
  logging_config {
    log_collector_config { type: "file" filename_prefix: "{config}" }
    sampling_config { sampling_rate: -.5e-3 attributes: 1 }
    custom_logging_config {
      [type.googleapis.com/tensorflow.serving.ModelConfig] { name: "inner" base_path: "/inner" }
    }
  }
  name: "outer"
} }
"""
    [entry] = read_model_config(content).models
    assert (entry.name, entry.base_path, entry.base_path_line) == ("outer", "", None)


def test_the_last_of_two_equal_labels_counts() -> None:
    content = b"""model_config_list { config {
      version_labels { key: "stable" value: 1 }
      version_labels { key: "stable" value: 2 }
    } }"""
    [entry] = read_model_config(content).models
    assert (entry.labels, entry.label_lines) == ({"stable": 2}, {"stable": 3})


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"", 1, "empty"),
        (b"\nmodel_config_list { config { nam: 'x' } }", 2, 'has no field named "nam"'),
        (b"model_config_list {\n config { name: 'x'\n", 2, "Expected"),
        (b"model_config_list { }\nmodel_config_list { }", 2, "should not have multiple"),
        (b"model_config_list { }\ncustom_model_config { }", 2, "another member of oneof"),
        (b"model_config_list { config { name: 'a'\n name: 'b' } }", 2, "multiple"),
        (b"model_config_list { config { name: x } }", 1, "Expected string"),
        (b"model_config_list { config {\n name: 'x\n' } }", 2, "ending quote"),
        (b"model_config_list { config { name: '\xff' } }", 1, "not UTF-8"),
        (b"\xef\xbb\xbfmodel_config_list { }", 1, "U+FEFF is not allowed"),
        (b"model_config_list { config {\n name: '\\N{DASH}' } }", 2, "Invalid escape sequence"),
        (b'model_config_list { config {\n name: "C:\\models" } }', 2, "Invalid escape seq"),
        (b"\nmodel_config_list\xc2\xa0{ }", 2, "U+00A0 is not allowed"),
        (b"# \0\nmodel_config_list { }", 1, "U+0000 is not allowed"),
        (b"model_config_list { config { model_type: CAFFE } }", 1, "CAFFE"),
        (
            b"model_config_list { config { version_labels {\nvalue: 9223372036854775808 } } }",
            2,
            "Value out of range",
        ),
        (b"{" * 100_000, 1, "Expected identifier"),
        (b"x" * 100_000, 1, "has no field named"),
        (b"custom_model_config { [a.b/no.Such] { } }", None, "no.Such not found"),
    ],
)
def test_what_tf_serving_cannot_read(content: bytes, line: int | None, message: str) -> None:
    with pytest.raises(BadModelConfig) as caught:
        read_model_config(content)
    assert caught.value.line == line
    assert message in caught.value.message
    assert len(caught.value.message) <= 300


def test_comments_may_hold_anything() -> None:
    content = "# größer\xa0{\n".encode("latin-1") + b"model_config_list { config { } } # \xf0\x9f"
    assert [one.line for one in read_model_config(content).models] == [2]


NAMES = st.text(max_size=12)
VERSIONS = st.integers(INT64_MIN, INT64_MAX).map(Version)
POLICIES = st.one_of(
    st.just(VersionPolicy()),
    st.builds(VersionPolicy, count=st.integers(0, 2**32 - 1)),
    st.just(VersionPolicy(kind=PolicyKind.ALL)),
    st.builds(
        VersionPolicy,
        kind=st.just(PolicyKind.SPECIFIC),
        versions=st.lists(VERSIONS, max_size=3).map(tuple),
    ),
)
ENTRIES = st.builds(
    ModelEntry,
    name=NAMES,
    base_path=NAMES,
    platform=NAMES,
    policy=POLICIES,
    labels=st.dictionaries(NAMES, VERSIONS, max_size=3),
    line=st.just(0),
)


def _message(entries: list[ModelEntry]) -> model_server_config_pb2.ModelServerConfig:
    message = model_server_config_pb2.ModelServerConfig()
    message.model_config_list.SetInParent()
    for entry in entries:
        config = message.model_config_list.config.add()
        config.name, config.base_path = entry.name, entry.base_path
        config.model_platform = entry.platform
        for label, version in entry.labels.items():
            config.version_labels[label] = version
        _set_policy(config.model_version_policy, entry.policy)
    return message


def _set_policy(message: object, policy: VersionPolicy) -> None:
    choice = getattr(message, policy.kind.value)
    choice.SetInParent()
    if policy.kind is PolicyKind.LATEST:
        choice.num_versions = policy.count
    elif policy.kind is PolicyKind.SPECIFIC:
        choice.versions.extend(policy.versions)


def _meaning(entry: ModelEntry) -> tuple[object, ...]:
    return (entry.name, entry.base_path, entry.platform, entry.policy, entry.labels)


@given(
    entries=st.lists(ENTRIES, max_size=4),
    one_line=st.booleans(),
    pointed=st.booleans(),
    short=st.booleans(),
    readable=st.booleans(),
)
def test_what_protobuf_prints_is_read_back(
    entries: list[ModelEntry], *, one_line: bool, pointed: bool, short: bool, readable: bool
) -> None:
    text = text_format.MessageToString(
        _message(entries),
        as_one_line=one_line,
        pointy_brackets=pointed,
        use_short_repeated_primitives=short,
        as_utf8=readable,
    )
    read = read_model_config(text.encode())
    assert [_meaning(one) for one in read.models] == [_meaning(one) for one in entries]
    lines = text.split("\n")
    for entry in read.models:
        assert "config" in lines[entry.line - 1]
        assert "model_version_policy" in lines[(entry.policy_line or 0) - 1]
        assert entry.labels.keys() == entry.label_lines.keys()
        assert all("version_labels" in lines[line - 1] for line in entry.label_lines.values())


@dataclass(slots=True, kw_only=True)
class Writer:
    """Writes text proto as people do, and remembers on which line it is."""

    draw: st.DrawFn
    parts: list[str] = field(default_factory=list)

    @property
    def line(self) -> int:
        return "".join(self.parts).count("\n") + 1

    def put(self, *tokens: str) -> None:
        gaps = st.sampled_from([" ", "\n", "\t", " # }>]{\n", "\r\n", " #'\"\n\n"])
        for token in tokens:
            self.parts += [self.draw(gaps), token]

    def string(self, text: str) -> None:
        cut = self.draw(st.integers(0, len(text)))
        for piece in (text[:cut], text[cut:]):
            quote = self.draw(st.sampled_from("'\""))
            escaped = "".join(f"\\{byte:03o}" for byte in piece.encode())
            self.put(f"{quote}{escaped}{quote}")

    def begin(self) -> int:
        self.put("config")
        line = self.line
        self.put(*self.draw(st.sampled_from(["{", "<", ":{", ": <"])).split())
        return line

    def entry(self, entry: ModelEntry) -> ModelEntry:
        line = self.begin()
        closing = ">" if self.parts[-1].endswith("<") else "}"
        self.put("base_path")
        base_path_line = self.line
        self.put(":")
        self.string(entry.base_path)
        self.put(*self.draw(st.sampled_from([[], [";"], [","]])))
        label_lines = {label: self.label(label, at) for label, at in entry.labels.items()}
        self.put("name:")
        self.string(entry.name)
        self.put(closing)
        return ModelEntry(
            name=entry.name,
            base_path=entry.base_path,
            platform="",
            policy=VersionPolicy(),
            labels=entry.labels,
            line=line,
            base_path_line=base_path_line,
            label_lines=label_lines,
        )

    def label(self, label: str, version: Version) -> int:
        self.put("version_labels")
        line = self.line
        self.put("{", "key", ":")
        self.string(label)
        self.put("value", ":", str(version), "}")
        return line


@st.composite
def handwritten(draw: st.DrawFn) -> tuple[str, ModelServerConfig]:
    writer = Writer(draw=draw)
    writer.put("model_config_list", "{")
    models = tuple(writer.entry(entry) for entry in draw(st.lists(ENTRIES, max_size=3)))
    writer.put("}")
    return "".join(writer.parts), ModelServerConfig(models=models)


@given(case=handwritten())
def test_every_line_is_where_it_was_written(case: tuple[str, ModelServerConfig]) -> None:
    text, expected = case
    assert read_model_config(text.encode()) == expected


@given(
    content=st.binary(max_size=40)
    | st.text("model_config_list{}<>[]:;,#'\"\\\n 1-", max_size=60).map(str.encode)
    | st.tuples(st.integers(0, len(ODD)), st.integers(0, len(ODD))).map(
        lambda cut: ODD[: cut[0]] + ODD[cut[1] :]
    )
)
def test_any_bytes_are_read_or_refused_with_a_reason(content: bytes) -> None:
    try:
        outcome = len(read_model_config(content).models)
    except BadModelConfig as refused:
        outcome = len(refused.message)
        assert refused.line is None or 1 <= refused.line <= content.count(b"\n") + 1  # noqa: PT017
    assert outcome >= 0
