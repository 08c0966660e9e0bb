"""What a check is: a function with an identity, the faults it claims, and a page of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from inspect import cleandoc
from typing import TypeVar

from servegate.findings import Finding, NotExamined, Remark, Severity
from servegate.providers import Need, needs_of

Outcome = Iterator[Finding | Remark | NotExamined]
"""What a check yields: findings when something is wrong, remarks, or nothing at all.

`NotExamined` tells of something beside what was checked ("a neighbour in models.config").
"""

Function = TypeVar("Function", bound=Callable[..., Outcome])

SECTIONS = ("What it checks", "Why it matters", "Remedy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check. `page` is its documentation: title, then the three `SECTIONS`."""

    id: str
    title: str
    page: str
    function: Callable[..., Outcome]
    severity: Severity
    claims: tuple[str, ...]
    needs: tuple[Need, ...]

    @property
    def validator(self) -> str:
        """The part of the id before the slash."""
        return self.id.partition("/")[0]


def check(
    *, claims: tuple[str, ...], severity: Severity = Severity.BLOCKING
) -> Callable[[Function], Function]:
    """Declares a function as a check.

    The id follows from where it stands: `validators/version/not_a_copy.py` is
    `version/not-a-copy`, and the function bears the module's name. `claims` are the ids of the
    faults that it is there to catch.
    """

    def declare(function: Function) -> Function:
        validator, module = function.__module__.split(".")[-2:]
        page = cleandoc(function.__doc__ or "")
        function.__dict__["check"] = Check(
            id=f"{validator}/{module.replace('_', '-')}",
            title=page.partition("\n")[0].rstrip("."),
            page=page,
            function=function,
            severity=severity,
            claims=claims,
            needs=needs_of(function),
        )
        return function

    return declare
