"""The part of GitHub's expression language that action.yml uses, as its documentation defines it.

Contexts, string literals, `==`, `!=`, `&&`, `||`, `!`, parentheses and the status functions.
Anything else is refused, so that an expression which nobody has tried here cannot pass unnoticed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Context = Mapping[str, object]
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<name>[A-Za-z_][\w.-]*)|(?P<sign>==|!=|&&|\|\||[!()]))"
)
_TEMPLATE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)


def filled(text: str, context: Context) -> str:
    """The text with every `${{ … }}` replaced by its value."""
    return _TEMPLATE.sub(lambda match: _shown(evaluate(match[1], context)), text)


def condition(text: str, context: Context, *, failed: bool) -> bool:
    """Whether a step with this `if:` runs; one without a status function needs `success()`."""
    inner = _TEMPLATE.sub(r"\1", text)
    functions = {
        "success()": not failed,
        "failure()": failed,
        "always()": True,
        "cancelled()": False,
    }
    stated = any(name in inner for name in functions)
    for name, value in functions.items():
        inner = inner.replace(name, "'true'" if value else "''")
    return (stated or not failed) and (not inner.strip() or _true(evaluate(inner, context)))


def evaluate(text: str, context: Context) -> object:
    """The value of one expression."""
    parser = _Parser(tokens=_tokens(text), context=context)
    value = parser.either()
    if parser.tokens:
        raise SyntaxError(f"left over in {text!r}: {parser.tokens}")
    return value


def _tokens(text: str) -> list[tuple[str, str]]:
    found = []
    place = 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise SyntaxError(f"not understood: {text[place:]!r}")
        found.append((match.lastgroup, match[match.lastgroup]))
        place = match.end()
    return found


@dataclass(slots=True)
class _Parser:
    tokens: list[tuple[str, str]]
    context: Context

    def either(self) -> object:
        value = self._all()
        while self._sign("||"):
            other = self._all()
            value = value if _true(value) else other
        return value

    def _all(self) -> object:
        value = self._equal()
        while self._sign("&&"):
            other = self._equal()
            value = other if _true(value) else value
        return value

    def _equal(self) -> object:
        value = self._single()
        if self._sign("=="):
            return _shown(value).casefold() == _shown(self._single()).casefold()
        if self._sign("!="):
            return _shown(value).casefold() != _shown(self._single()).casefold()
        return value

    def _single(self) -> object:
        if self._sign("!"):
            return not _true(self._single())
        if self._sign("("):
            value = self.either()
            if not self._sign(")"):
                raise SyntaxError("a parenthesis is not closed")
            return value
        kind, text = self.tokens.pop(0)
        readers: dict[str, Callable[[str], object]] = {
            "text": lambda one: one[1:-1].replace("''", "'"),
            "name": self._of_context,
        }
        return readers[kind](text)

    def _of_context(self, path: str) -> object:
        """A value by its path; what is not there is null, except at the top: that is a mistake."""
        first, *rest = path.split(".")
        value = self.context[first]
        for key in rest:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    def _sign(self, sign: str) -> bool:
        if self.tokens and self.tokens[0] == ("sign", sign):
            self.tokens.pop(0)
            return True
        return False


def _true(value: object) -> bool:
    return value not in (None, "", False)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
