"""Text made safe at the edge where it leaves, once per format.

Names, messages and logs come from models: an attacker may have written any of them.
"""

from __future__ import annotations

import re
import unicodedata
from html import escape

ELLIPSIS = "…"

_STRING = r"[^\x07\x1b\x80-\x9f]*(?:\x07|\x1b\\|\x9c)"
_ANSI = re.compile(
    rf"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f]){_STRING}"  # OSC, DCS, SOS, PM, APC up to their end
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor movements
    r"|\x1b[ -/]*[0-~]"  # the rest
)
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_PLAIN_ASCII = re.compile(r"[^\n\x20-\x7e]")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters: the beginning and the end of what is longer."""
    if len(text) <= limit:
        return text
    head = limit // 2
    tail = limit - head - len(ELLIPSIS)
    return f"{text[:head]}{ELLIPSIS}{text[len(text) - tail :]}"


def cut_bytes(text: str, limit: int) -> str:
    """At most `limit` bytes of UTF-8: the beginning of what is longer, no character split.

    The text must be safe already (`terminal`, `unicode_text`): UTF-8 has no lone surrogates.
    """
    encoded = text.encode()
    if len(encoded) <= limit:
        return text
    room = limit - len(ELLIPSIS.encode())
    return encoded[:room].decode(errors="ignore") + ELLIPSIS


def unicode_text(text: str) -> str:
    """Text that UTF-8 can carry: a lone surrogate becomes visible, all else stays."""
    return _SURROGATE.sub(_visible, text)


def xml_text(text: str) -> str:
    """Text that XML 1.0 may hold; the XML writer still escapes its markup."""
    return _NOT_XML.sub(_visible, _ANSI.sub("", text))


def terminal(text: str) -> str:
    """Lines for a terminal: no escape sequence, no control or formatting character but LF.

    Formatting characters go too: those that turn the reading direction disguise text.
    """
    plain = _ANSI.sub("", text).replace("\r\n", "\n").replace("\t", "    ")
    return _NOT_PLAIN_ASCII.sub(_visible_unless_printable, plain)


def one_line(text: str) -> str:
    """`terminal` on a single line, whatever it was before."""
    return " ".join(terminal(text).split())


def _visible_unless_printable(match: re.Match[str]) -> str:
    return _visible(match) if unicodedata.category(match[0]) in _INVISIBLE else match[0]


def _visible(match: re.Match[str]) -> str:
    r"""A character by its number: `\x1b`, `\u202e`, `\udcff`."""
    return match[0].encode("unicode_escape").decode("ascii")


# -- Markdown, as GitHub renders it -------------------------------------------------------------

_INLINE = re.compile(r"[\\`*_\[\]~$]")
_AT_START = re.compile(r"^(\d+(?=[.)](?: |$))|(?=[-#+=:]))")
_LINKS = re.compile(r"@|(?<=:)/(?=/)|#(?=\d)|\bGH-(?=\d)|\bwww(?=\.)", re.IGNORECASE)
_BREAK = "\u200b"  # nothing to see; what stands on its two sides is no longer one word


def markdown(text: str) -> str:
    """Inline text: no HTML, markup, link, image or mention, and whole inside a table's cell.

    GitHub links addresses and mentions after it has undone all escapes, so those are broken up
    by a zero-width space instead.
    """
    escaped = _INLINE.sub(r"\\\g<0>", one_line(text))
    escaped = _AT_START.sub(r"\1\\", escaped)
    escaped = _LINKS.sub(_broken, escaped)
    return escape(escaped, quote=False).replace("|", "&#124;")


def _broken(match: re.Match[str]) -> str:
    # Slashes are parted in front (":​//"), all else behind ("@​name").
    return f"{_BREAK}/" if match[0] == "/" else f"{match[0]}{_BREAK}"


def markdown_block(text: str) -> str:
    """Several lines as they are, in a fence that none of them can close."""
    body = terminal(text).strip("\n")
    longest = max((len(run) for run in re.findall("`+", body)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{body}\n{fence}"


# -- GitHub's runner ----------------------------------------------------------------------------
# It scans every line of stdout and stderr (actions/runner, ActionCommand.cs): `::name::` counts
# at the start of a line after white space, `##[name]` anywhere. Both are compared by the rules of
# the culture, which ignore characters that have no width: everything outside visible ASCII is
# taken for such a character here.

_COMMAND = re.compile(r"^([^\x21-\x7e\n]*):(?=[^\x21-\x7e\n]*:)", re.MULTILINE)
_LEGACY_COMMAND = re.compile(r"#(?=[^\x20-\x7e\n]*#[^\x20-\x7e\n]*\[)")


def log(text: str) -> str:
    r"""Lines for the runner's log in which no command is left: `\::error::`, `#\#[add-path]`."""
    return _COMMAND.sub(r"\1\\:", _without_legacy(terminal(text)))


def workflow_data(text: str, longest: int | None = None) -> str:
    """What may follow `::error::`; lines stay lines. The runner reads at most `longest` bytes."""
    plain = _without_legacy(terminal(text))
    return _percent(plain if longest is None else cut_bytes(plain, longest))


def workflow_property(text: str) -> str:
    """What may follow `title=` or `file=`."""
    return workflow_data(text).replace(":", "%3A").replace(",", "%2C")


def stopped_commands(text: str, token: str) -> str:
    """A block of foreign text during which the runner obeys nothing but the token.

    Raises `ValueError` if the text holds the token; a fresh UUID never does.
    """
    if token.casefold() in text.casefold():
        raise ValueError("The text holds the token that ends it.")
    return f"::stop-commands::{token}\n{text}\n::{token}::"


def _without_legacy(text: str) -> str:
    return _LEGACY_COMMAND.sub(r"#\\", text)


def _percent(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
