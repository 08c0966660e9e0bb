"""What the examination of one candidate spent its time on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from servegate.engine.registry import Registry
from servegate.findings import CheckResult
from servegate.phases import Phase
from servegate.providers import Stage

_PHASES = {
    Stage.CHANGES: Phase.FILES,
    Stage.FILES: Phase.FILES,
    Stage.PREPROCESSING: Phase.CALLABLES,
    Stage.SERVER: Phase.ASKING,
}


def phases(
    evidence: Mapping[str, float],
    registry: Registry,
    within: Mapping[Phase, float],
    results: Iterable[CheckResult],
    cleanup: float,
) -> dict[str, float]:
    """Seconds by phase, in their order.

    `evidence` is what each piece took, `within` what of it went into images and into starting
    servers; the rest of what needs a server is questions and answers.
    """
    spent = dict.fromkeys(Phase, 0.0)
    for name, seconds in evidence.items():
        spent[_PHASES[registry.providers[name].stage]] += seconds
    for phase, seconds in within.items():
        spent[phase] += seconds
        spent[Phase.ASKING] -= seconds
    spent[Phase.CHECKS] = sum(result.seconds for result in results)
    spent[Phase.CLEANUP] = cleanup
    return {str(phase): seconds for phase, seconds in spent.items() if seconds > 0}
