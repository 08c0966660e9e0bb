"""How mistakes in the configuration are put into words."""

from __future__ import annotations

_SHOWN = 60


def shown(text: str, *, quotes: bool = True) -> str:
    """Foreign text within a sentence: on one line, short, harmless to print."""
    cut = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return repr(cut) if quotes else repr(cut)[1:-1]


def described(value: object) -> str:
    """What stands in the file where something else was expected."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {shown(str(value), quotes=False)}"
        case str():
            return f"the text {shown(value)}"
        case list():
            return "a list"
        case _:
            return "a mapping"
