"""A YAML file as plain data, with the line of everything in it and what is wrong with it as YAML.

The file comes with the pull request, so it may be hostile: nothing is constructed from tags, and
size, depth and the nodes behind aliases are limited while libyaml's events are read, before
anything recurses. Plain scalars are read by YAML 1.2's core schema, as editors do: `no` is text
and not false, `1e-5` is a number, `1:30` is text and not ninety.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml
from yaml.reader import Reader

from servegate.config.places import Place
from servegate.config.words import shown

MAX_BYTES = 1 << 20
MAX_NODES = 50_000
MAX_DEPTH = 20

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT_TAG = "tag:yaml.org,2002:str"
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]{1,40}\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")


class Unreadable(Exception):
    """The file is no YAML that the gate reads. `line` counts from 1, None for the whole file."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """`value` is made of dicts, lists and scalars; `flaws` are (message, line), from 1."""

    value: object
    lines: Mapping[Place, int]
    flaws: tuple[tuple[str, int | None], ...]


@dataclass(slots=True, kw_only=True)
class _Node:
    """`content` is a scalar's value, or the children of a list or a mapping."""

    line: int
    content: object = None
    items: list[_Node] | None = None
    entries: list[tuple[str, int, _Node]] | None = None


def read_tree(content: bytes) -> Tree:
    """Reads one YAML document. Raises `Unreadable` when nothing can be said of the rest."""
    text = _decoded(content)
    composer = _Composer(yaml.parse(text, Loader=_LOADER))
    try:
        root = composer.document()
    except yaml.YAMLError as error:
        raise _syntax_error(error, text) from None
    flattener = _Flattener(flaws=composer.flaws)
    value = flattener.value(root, ()) if root else None
    return Tree(value=value, lines=flattener.lines, flaws=tuple(flattener.flaws))


def _decoded(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise Unreadable(f"the file is larger than {MAX_BYTES:,} bytes, which is the limit")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable("the file is not UTF-8 text", line) from None
    odd = Reader.NON_PRINTABLE.search(text)
    if odd:
        line = text.count("\n", 0, odd.start()) + 1
        raise Unreadable(f"the character U+{ord(odd.group()):04X} is not allowed in YAML", line)
    return text


def _syntax_error(error: yaml.YAMLError, text: str) -> Unreadable:
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Unreadable(f"this is not YAML: {shown(str(error))}")
    mark, began = error.problem_mark, error.context_mark
    words = f"this is not YAML: {error.problem}"
    if began and began.line != mark.line:
        words += f" ({error.context}, which begins on line {began.line + 1})"
    here = "".join(text.splitlines()[mark.line : mark.line + 1])
    if here[mark.column :].startswith("\t"):
        words += "; indent with spaces, not with tabs"
    return Unreadable(words, mark.line + 1)


def _line(event: yaml.Event) -> int:
    mark = event.start_mark
    return mark.line + 1 if mark else 1


class _Composer:
    """Nodes from events, with aliases left as references to the one node."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self._events = events
        self._anchors: dict[str, _Node | None] = {}
        self._count = 0
        self.flaws: list[tuple[str, int | None]] = []

    def document(self) -> _Node | None:
        root = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    line = _line(event)
                    raise Unreadable("a second YAML document begins here; one is read", line)
                root = self._node(next(self._events), 1)
        return root

    def _node(self, event: yaml.Event, depth: int) -> _Node:
        line = _line(event)
        self._count += 1
        if self._count > MAX_NODES:
            raise Unreadable(f"there are more than {MAX_NODES:,} values, which is the limit", line)
        if depth > MAX_DEPTH:
            raise Unreadable(f"values are nested more than {MAX_DEPTH} deep", line)
        if isinstance(event, yaml.AliasEvent):
            return self._aliased(event, line)
        node = _Node(line=line)
        # None until the node is complete: an alias inside of it would have no end.
        anchor = getattr(event, "anchor", None)
        if anchor:
            self._anchors[anchor] = None
        self._fill(node, event, depth)
        if anchor:
            self._anchors[anchor] = node
        return node

    def _aliased(self, event: yaml.AliasEvent, line: int) -> _Node:
        anchor = event.anchor or ""
        node = self._anchors.get(anchor)
        if node is None:
            words = "stands inside of itself" if anchor in self._anchors else "is not defined"
            raise Unreadable(f"the alias *{shown(anchor, quotes=False)} {words}", line)
        return node

    def _fill(self, node: _Node, event: yaml.Event, depth: int) -> None:
        self._check_tag(event, node.line)
        if isinstance(event, yaml.ScalarEvent):
            node.content = _scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            node.items = []
            while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
                node.items.append(self._node(event, depth + 1))
        else:
            node.entries = []
            while not isinstance(event := next(self._events), yaml.MappingEndEvent):
                key = self._key(event, depth)
                value = self._node(next(self._events), depth + 1)
                if key is not None:
                    node.entries.append((key, _line(event), value))

    def _key(self, event: yaml.Event, depth: int) -> str | None:
        """The text of a key, None for what cannot be one."""
        node = self._node(event, depth + 1)
        if not isinstance(event, yaml.ScalarEvent):
            self.flaws.append(("a key must be text", node.line))
            return None
        if event.value == "<<" and event.implicit[0]:
            self.flaws.append(("merge keys (<<) are not read: write the keys out", node.line))
            return None
        return event.value

    def _check_tag(self, event: yaml.Event, line: int) -> None:
        tag = getattr(event, "tag", None)
        if tag not in {None, "!", _TEXT_TAG}:
            self.flaws.append((f"the tag {shown(tag)} is not read: write the plain value", line))


def _scalar(event: yaml.ScalarEvent) -> object:
    text = event.value
    if not event.implicit[0] or event.tag:
        return text
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.match(text):
        return int(text)
    return float(text) if _FLOAT.match(text) else text


@dataclass(slots=True, kw_only=True)
class _Flattener:
    """Plain data from nodes: here aliases expand, and here they are counted."""

    flaws: list[tuple[str, int | None]]
    lines: dict[Place, int] = field(default_factory=dict)
    count: int = 0

    def value(self, node: _Node, place: Place) -> object:
        self.lines.setdefault(place, node.line)
        self.count += 1
        if self.count > MAX_NODES:
            words = f"aliases make more than {MAX_NODES:,} values of this, which is the limit"
            raise Unreadable(words, node.line)
        if len(place) > MAX_DEPTH:
            raise Unreadable(f"aliases nest values more than {MAX_DEPTH} deep", node.line)
        if node.items is not None:
            return [self.value(item, (*place, at)) for at, item in enumerate(node.items)]
        if node.entries is not None:
            return dict(self._entries(node.entries, place))
        return node.content

    def _entries(
        self, entries: list[tuple[str, int, _Node]], place: Place
    ) -> Iterator[tuple[str, object]]:
        first: dict[str, int] = {}
        for key, line, node in entries:
            if key in first:
                words = f"the key {shown(key)} stands twice, first on line {first[key]}"
                self.flaws.append((words, line))
                continue
            first[key] = line
            self.lines[*place, key] = line
            yield key, self.value(node, (*place, key))
