from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servegate.config.load import load
from servegate.config.schema import Acceptance, Config, Model, Serving
from servegate.config.tree import MAX_BYTES, MAX_NODES
from servegate.errors import WrongUse
from tests.support.configuration import CHECKS, mistakes

LAUGHS = "a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)
LADDER = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 40))


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        (LAUGHS, 1, f"aliases make more than {MAX_NODES:,} values"),
        (LADDER, 1, "aliases nest values more than 20 deep"),
        ("a: &a [*a]", 1, "the alias *a stands inside of itself"),
        ("b: 1\na: *a", 2, "the alias *a is not defined"),
        ("[" * 100_000, 1, "values are nested more than 20 deep"),
        ("{" * 100_000, 1, "values are nested more than 20 deep"),
        ("- " * 1000, 1, "values are nested more than 20 deep"),
        ("- x\n" * (MAX_NODES + 1), MAX_NODES, f"more than {MAX_NODES:,} values"),
        ("a: 1\n--- \nb: 2\n", 2, "a second YAML document begins here"),
        ("a:\n\t- b\n", 2, "indent with spaces, not with tabs"),
        (b"a: 1\nb: \xff\n", 2, "the file is not UTF-8 text"),
        ("a: ä".encode("utf-16"), 1, "the file is not UTF-8 text"),
        ("a: 1\nb: \0\n", 2, "the character U+0000 is not allowed in YAML"),
        ('ignore: ["a\\0b"]', 1, "ignore[0] must not hold a NUL character"),
        ('ignore: ["\\ud800"]', 1, "this is not YAML"),
        ("ignore:\n- !!python/object/apply:os.system [x]", 2, "python/object/apply:os.system"),
        ("ignore:\n- !x y", 2, "the tag '!x' is not read"),
        ("ignore: [!!binary YQ==]", 1, "is not read: write the plain value"),
        ("<<: {ignore: []}", 1, "merge keys (<<) are not read"),
        ("ignore: []\n[a]: b", 2, "a key must be text"),
        ("a: b: c", 1, "this is not YAML: mapping values are not allowed"),
        ('a: 1\nb: "x\nc: 2', 3, "which begins on line 2"),
        ("%YAML 3.0\n--- a", 1, "this is not YAML"),
    ],
)
def test_dangerous_yaml_is_one_plain_mistake(
    repository: Path, text: str | bytes, line: int, expected: str
) -> None:
    found = mistakes(repository, text)
    assert any(one.startswith(f"servegate.yml:{line}: ") and expected in one for one in found)
    assert all(len(one) < 300 for one in found)


def test_megabytes_are_not_read(repository: Path) -> None:
    [found] = mistakes(repository, b"#" * (10 * MAX_BYTES))
    assert found == "servegate.yml: the file is larger than 1,048,576 bytes, which is the limit"


def test_a_thousand_mistakes_are_not_printed(repository: Path) -> None:
    found = mistakes(repository, "".join(f"key{n}: 1\n" for n in range(1000)))
    assert len(found) == 101
    assert found[-1] == "servegate.yml: and 900 more mistakes"


def test_foreign_text_is_short_and_harmless_in_messages(repository: Path) -> None:
    long, escape = "k" * 1000, '"\\e[31m\\n::error::\\u202e"'
    found = mistakes(repository, f"{long}: 1\n{escape}: 2\nserving: {{rollout: {escape}}}\n")
    assert len(found) == 3
    assert all(one.isprintable() and len(one) < 300 for one in found)


def test_an_unknown_anchor_character_is_no_tab(repository: Path) -> None:
    [found] = mistakes(repository, "a: @x")
    assert "tabs" not in found


KEYS = st.sampled_from(
    [key for section in (Config, Serving, Model, Acceptance) for key in section.model_fields]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


def check_reasons(repository: Path, content: bytes) -> None:
    """Any exception but `WrongUse` fails the test."""
    (repository / "servegate.yml").write_bytes(content)
    try:
        config = load(None, repository, known_checks=CHECKS)
    except WrongUse as refused:
        reasons = [str(one) for one in refused.mistakes]
    else:
        reasons = [str(config.location(()))]
    assert reasons
    assert all(one.isprintable() for one in reasons)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.dictionaries(KEYS, VALUES, max_size=4) | VALUES, flow=st.booleans())
def test_any_yaml_is_read_or_refused_with_reasons(
    repository: Path, data: object, *, flow: bool
) -> None:
    text = yaml.safe_dump(data, default_flow_style=flow, allow_unicode=True)
    check_reasons(repository, text.encode("utf-8", "surrogatepass"))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=40) | st.text("ab:-[]{}&*!?|>'\"#%@\n\t ,<", max_size=40))
def test_any_bytes_are_read_or_refused_with_reasons(repository: Path, content: bytes | str) -> None:
    check_reasons(repository, content.encode() if isinstance(content, str) else content)
