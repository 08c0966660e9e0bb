"""One class for everybody, where the base version knows several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate
from servegate.facts.probes import Replies, Reply
from servegate.findings import Finding, Location, Remark, Severity
from servegate.providers import NotApplicable
from servegate.spread import Pairs, chance_of_one, favoured, paired, telling
from servegate.wording import count, listed

# How often a candidate that spreads its answers as the base version does may give one class alone.
_CHANCE = 1e-3
_ENOUGH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Classes:
    """Which class one output favours, row by row, in both versions."""

    name: str
    before: tuple[object, ...]
    after: tuple[object, ...]

    @property
    def chance(self) -> float:
        """Of one class in all rows, if the candidate's classes are as frequent as the base's."""
        return chance_of_one(self.before)

    @property
    def collapsed(self) -> bool:
        """Whether the candidate favours one for all, and the base version does not."""
        return len(set(self.after)) == 1 and len(set(self.before)) > 1


@check(claims=("G11",))
def classes_do_not_collapse(
    candidate: Candidate, replies: Replies, baseline_replies: Replies
) -> Outcome:
    """More than one class is ever favoured.

    What it checks:
        For every output that is a row of scores, which one is the highest, and for every output
        that is a class, which; on the very inputs on which the base version favours several. It
        fails the candidate when one class is favoured for all plausible inputs (at least 8), and
        a version that spreads its answers as the base version does would do so once in a thousand
        times. On made-up inputs of moderate size alone it is advisory.

    Why it matters:
        Classes that were not balanced, a bias that grew, the labels of one class: every
        customer is of one kind from then on, while the scores still move a little.

    Remedy:
        Look at the confusion matrix of the version, and at the biases of the last layer.
    """
    examined = 0
    for signature, _ in replies:
        pairs = telling(paired(signature, replies, baseline_replies), _ENOUGH)
        for one in _classes(pairs):
            examined += 1
            if one.collapsed and one.chance <= _CHANCE:
                yield _finding(candidate, signature, one, pairs)
    if not examined:
        raise NotApplicable("No output of the base version favours several classes.")
    yield Remark(message=f"{count(examined, 'output')} compared with the base version's.")


def _classes(pairs: Pairs) -> Iterator[_Classes]:
    for name in sorted(pairs[0][1].outputs or ()) if pairs else ():
        before = _favoured([one for one, _ in pairs], name)
        after = _favoured([one for _, one in pairs], name)
        if before and after and len(set(before)) > 1:
            yield _Classes(name=name, before=before, after=after)


def _favoured(said: Sequence[Reply], name: str) -> tuple[object, ...]:
    """The class of every row; none where the output is neither scores of classes nor a class."""
    values = [one.outputs[name] for one in said if one.outputs and name in one.outputs]
    found = [favoured(one) for one in values]
    if len(found) != len(said) or any(one is None for one in found):
        return ()
    return tuple(found)


def _finding(candidate: Candidate, signature: str, found: _Classes, pairs: Pairs) -> Finding:
    plausible = pairs[0][1].probe.plausible
    kind = "plausible" if plausible else "made-up"
    shares = Counter(found.before).most_common(3)
    return Finding(
        message=f"Signature {signature!r}: {found.name!r} favours class {found.after[0]} for all "
        f"{count(len(found.after), f'{kind} input')}; the base version favours "
        f"{listed(f'{name} {number} times' for name, number in shares)}.",
        expected="several classes, as in the base version",
        observed=f"class {found.after[0]}, {len(found.after)} times",
        remedy="Look at the confusion matrix of this version, at the balance of the classes that "
        "it was trained on, and at the biases of its last layer.",
        location=Location(file=candidate.place),
        severity=None if plausible else Severity.ADVISORY,
        evidence={"signature": signature, "output": found.name, "chance": found.chance},
    )
