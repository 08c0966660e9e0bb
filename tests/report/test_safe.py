from __future__ import annotations

import re
import unicodedata
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from markdown_it.token import Token

from servegate.report import safe
from tests.support.reports import NASTY, texts
from tests.support.runner import obeyed, without_ignorable

COMMONMARK = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def leaves(tokens: list[Token]) -> list[Token]:
    return [
        leaf for token in tokens for leaf in (leaves(token.children) if token.children else [token])
    ]


def shown(text: str) -> str:
    """What a reader of the Markdown sees, apart from what has no width."""
    found = "".join(
        leaf.content for leaf in leaves(COMMONMARK.parse(text)) if leaf.type != "softbreak"
    )
    return found.replace("\u200b", "")


@pytest.mark.parametrize(
    ("limit", "expected"), [(9, "123456789"), (8, "1234…789"), (5, "12…89"), (1, "…")]
)
def test_shorten_keeps_both_ends(limit: int, expected: str) -> None:
    assert safe.shorten("123456789", limit) == expected


@pytest.mark.parametrize(
    ("limit", "expected"), [(7, "aäöü"), (6, "aä…"), (5, "a…"), (4, "a…"), (3, "…")]
)
def test_cut_bytes_splits_no_character(limit: int, expected: str) -> None:
    assert safe.cut_bytes("aäöü", limit) == expected
    assert len(expected.encode()) <= limit


def test_ansi_sequences_go_and_other_controls_are_seen() -> None:
    text = "\x1b[1;31mred\x1b[0m \x1b]8;;http://a\x1b\\link\x1b]8;;\x07 \x9b2Jx \x1bc\x07 \x1b"
    assert safe.terminal(text) == "red link x \\x07 \\x1b"
    assert safe.xml_text(text) == "red link x \\x07 \\x1b"


def test_the_order_of_reading_cannot_be_turned() -> None:
    assert safe.terminal("ab\u202ecd\u2066\u2028") == r"ab\u202ecd\u2066\u2028"


def test_lines_stay_lines_on_a_terminal() -> None:
    assert safe.terminal("a\r\nb\n\tc\rd") == "a\nb\n    c\\rd"


@given(texts)
def test_terminal_text_has_no_control_characters(text: str) -> None:
    allowed = {"\n"}
    forbidden = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    left = {unicodedata.category(one) for one in safe.terminal(text) if one not in allowed}
    assert not left & forbidden


@given(texts)
def test_xml_text_parses_and_is_unchanged_by_it(text: str) -> None:
    element = ET.Element("a")
    element.text = safe.xml_text(text)
    parsed = ET.fromstring(ET.tostring(element, encoding="utf-8")).text or ""  # noqa: S314 - our own
    assert parsed == re.sub("\r\n?", "\n", element.text)


def test_xml_text_keeps_what_xml_allows() -> None:
    allowed = "\t\n\r \ud7ff\ue000\ufffd\U00010000\U0010ffff"
    assert safe.xml_text(allowed) == allowed
    assert safe.xml_text("\ufffe\uffff\ud800\x00") == r"\ufffe\uffff\ud800\x00"


@given(texts)
def test_markdown_is_read_as_the_text_it_was(text: str) -> None:
    expected = safe.one_line(text)
    assert shown(safe.markdown(text)) == expected
    assert shown(f"- **Name:** {safe.markdown(text)}\n") == f"Name: {expected}".rstrip()


@given(texts)
def test_markdown_is_one_cell_of_a_table(text: str) -> None:
    table = f"| a | b |\n| --- | --- |\n| {safe.markdown(text)} | end |\n| second | row |\n"
    cells = [
        "".join(leaf.content for leaf in leaves([token])).replace("\u200b", "")
        for token in COMMONMARK.parse(table)
        if token.type == "inline"
    ]
    assert cells == ["a", "b", safe.one_line(text), "end", "second", "row"]


@given(texts)
def test_markdown_leaves_nothing_that_github_links(text: str) -> None:
    links = re.compile(r"@\w|://|www\.|#\d|GH-\d", re.IGNORECASE)
    assert not links.search(safe.markdown(text).replace("&#124;", ""))


@given(texts)
def test_a_block_of_markdown_is_one_fence(text: str) -> None:
    tokens = COMMONMARK.parse(f"{safe.markdown_block(text)}\n\nafter\n")
    assert [token.type for token in tokens[:2]] == ["fence", "paragraph_open"]
    assert tokens[0].content == safe.terminal(text).strip("\n") + "\n"


@pytest.mark.parametrize("text", ["::error::a", " ::debug::a", "##[error]a", "x ##[add-path]a"])
def test_the_runner_of_these_tests_obeys(text: str) -> None:
    assert len(obeyed(text)) == 1


@given(texts)
def test_log_lines_hold_no_command(text: str) -> None:
    assert obeyed(safe.log(text)) == ()
    assert obeyed(f"  {safe.log(text)}") == ()


@given(texts)
def test_log_lines_stay_as_they_are_once_safe(text: str) -> None:
    assert safe.log(safe.log(text)) == safe.log(text)


@given(texts, texts)
def test_a_command_takes_data_and_properties_whole(title: str, data: str) -> None:
    line = f"::error title={safe.workflow_property(title)},line=1::{safe.workflow_data(data)}"
    (command,) = obeyed(line)
    assert command.name == "error"
    assert command.properties["line"] == "1"
    assert _as_read(command.properties["title"]) == _as_read(safe.terminal(title))
    assert _as_read(command.data) == _as_read(safe.terminal(data))


def _as_read(text: str) -> str:
    """Without what the runner does not see, and the marks that keep it from obeying."""
    return without_ignorable(text).replace("\\", "")


def test_emojis_reach_the_annotation() -> None:
    warning = "\u26a0\ufe0f 5"
    (command,) = obeyed(f"::error::{safe.workflow_data(warning)}")
    assert command.data == "\u26a0 5"


def test_commands_are_escaped_percent_first() -> None:
    assert safe.workflow_data("100%\n::a") == "100%25%0A::a"
    assert safe.workflow_property("a:b,c%3A\n") == "a%3Ab%2Cc%253A%0A"


def test_nothing_is_obeyed_in_a_stopped_block() -> None:
    block = safe.stopped_commands("\n".join(NASTY), "0123abcd")
    assert obeyed(f"{block}\n::error::ours") == obeyed("::error::ours")


def test_a_stopped_block_cannot_end_itself() -> None:
    with pytest.raises(ValueError, match="token"):
        safe.stopped_commands("::ABCD::", "abcd")


@given(texts)
def test_unicode_text_is_utf8(text: str) -> None:
    assert safe.unicode_text(text).encode().decode() == safe.unicode_text(text)
