"""Production's flags, read as TF Serving reads them."""

from __future__ import annotations

from collections.abc import Iterator

from servegate.checks import Outcome, check
from servegate.facts.change import ModelChange
from servegate.facts.settings import Rollout, Settings, WrittenFlag
from servegate.findings import Finding, Severity
from servegate.providers import NotApplicable
from servegate.tfserving.flag_rules import (
    CONFIG_POLL,
    Consequence,
    FlagProblem,
    flag_problems,
)
from servegate.tfserving.flags import parse_flags

# Production may have lived with the others for long; these keep the candidate out.
_NEVER_INHERITED = frozenset({Consequence.NO_START, Consequence.NO_LOAD, Consequence.LOOKS_ONCE})
_ONLY_A_WORD = frozenset({Consequence.UNKNOWN, Consequence.IGNORED})


@check(claims=("V09", "V13"))
def flags_are_known(
    change: ModelChange, settings: Settings, settings_before: Settings | None
) -> Outcome:
    """The server knows production's flags, starts with them, and goes on looking for versions.

    What it checks:
        `serving.flags` as TF Serving 2.20 reads them: a name that it does not know (with the
        nearest one that it knows), a value that it cannot read, flags that it refuses together,
        `--file_system_poll_wait_seconds` of zero with `rollout: volume`, and of less than zero
        with any. A misspelt flag, or one port for both APIs, blocks the change that brings it and
        is advisory where production had it before; a name that resembles none, a flag that
        another one makes void, and a changed `models.config` that the flags say is read once (the
        deployment may send it by gRPC) are advisory.

    Why it matters:
        TF Serving prints its usage for a misspelt flag and starts without it. A server that does
        not look for versions goes on answering from the old one, and says so nowhere.

    Remedy:
        The finding has the line in servegate.yml and what to write there. Teams whose deployments
        start a fresh container each time say `rollout: image`: one look is then enough.
    """
    if not settings.written_flags:
        raise NotApplicable("No flags of production are configured.")
    texts = [one.text for one in settings.written_flags]
    for problem in flag_problems(texts, config_file=settings.model_config is not None):
        if not (
            problem.consequence is Consequence.LOOKS_ONCE and settings.rollout is Rollout.IMAGE
        ):
            yield _finding(problem, settings, settings_before)
    yield from _config_read_once(change, settings)


def _finding(problem: FlagProblem, settings: Settings, before: Settings | None) -> Finding:
    once = problem.consequence is Consequence.LOOKS_ONCE
    flag = _written(settings, problem.argument)
    had = before is not None and problem.argument in [one.text for one in before.written_flags]
    inherited = had and problem.consequence not in _NEVER_INHERITED
    where = f"{flag.location}: " if flag.location else ""
    return Finding(
        message=f"{where}{problem.what}. In production {problem.consequence.value}."
        + (" It was so before this change." if inherited else ""),
        expected="flags that TF Serving knows, can read and takes together"
        if problem.consequence is not Consequence.LOOKS_ONCE
        else "a server that looks for new versions, as `rollout: volume` says",
        observed=problem.argument,
        remedy=problem.remedy
        + (
            " If every deployment starts a fresh container, set `serving: {rollout: image}`."
            if once
            else ""
        ),
        location=flag.location,
        severity=Severity.ADVISORY if inherited or problem.consequence in _ONLY_A_WORD else None,
    )


def _written(settings: Settings, argument: str) -> WrittenFlag:
    """The last flag with this text; the one that was left out is at none."""
    found = [one for one in settings.written_flags if one.text == argument]
    return found[-1] if found else WrittenFlag(text=argument)


def _config_read_once(change: ModelChange, settings: Settings) -> Iterator[Finding]:
    """A server that polls its configuration, or is said to, is another team's habit: no word."""
    parsed = parse_flags([one.text for one in settings.written_flags])
    said = next(
        (
            one
            for one in reversed(settings.written_flags)
            if one.text.startswith(f"--{CONFIG_POLL}=")
        ),
        None,
    )
    if (
        said is None
        or parsed.number(CONFIG_POLL) > 0
        or settings.rollout is Rollout.IMAGE
        or settings.model_config not in change.changed_files
    ):
        return
    yield Finding(
        message=f"{said.location}: {said.text} has the server read {settings.model_config} once, "
        "and this change alters it: in production the old configuration goes on to hold until "
        "somebody restarts the server or sends it the new one by gRPC.",
        expected=f"a server that reads {settings.model_config} again",
        observed=said.text,
        remedy=f"Write a positive number of seconds, such as --{CONFIG_POLL}=60, or let the "
        "deployment send the file (HandleReloadConfigRequest).",
        location=said.location,
        severity=Severity.ADVISORY,
    )
