"""The model's own warm-up requests are replayed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate, ModelChange
from servegate.facts.settings import Settings
from servegate.facts.start import Start
from servegate.findings import Finding, Location, Remark, Severity
from servegate.providers import Blocked, NotApplicable
from servegate.savedmodel.reader import SavedModel
from servegate.savedmodel.unreadable import Unreadable
from servegate.savedmodel.warmup import FILE, Warmup, read_warmup
from servegate.savedmodel.warmup_fit import unfit_records
from servegate.tfserving.flags import parse_flags
from servegate.tfserving.warm_up_log import WarmUpLog, read_warm_up_log
from servegate.wording import count, listed

_WARM_UP_FLAG = "enable_model_warmup"


@check(claims=("P11",))
def warm_up_replays(
    candidate: Candidate,
    change: ModelChange,
    saved_model: SavedModel,
    settings: Settings,
    start: Start,
) -> Outcome:
    """The warm-up file is one that a server replays to its end.

    What it checks:
        `assets.extra/tf_serving_warmup_requests`, where there is one: it is an uncompressed
        TFRecord file of at most 1000 `PredictionLog`s, of kinds that TF Serving replays, for
        signatures, inputs and dtypes that the model has. And the server's log: that it replayed
        all of them. When the two disagree, the server is right. With
        `--enable_model_warmup=false` in `serving.flags` nothing is replayed, and what is wrong
        with the file is advisory.

    Why it matters:
        A record that cannot be replayed keeps the version from being loaded, and the old version
        goes on answering. A file that is never replayed leaves the first requests slow.

    Remedy:
        Record the requests again with this model's own inputs (TFRecord, not compressed), or
        delete the file.
    """
    if not (candidate.root / FILE).exists():
        raise NotApplicable("The version has no warm-up file.")
    warmup, told = _read(candidate, change, saved_model)
    if not parse_flags(settings.flags).enabled(_WARM_UP_FLAG):
        yield from _switched_off(candidate, told, settings)
        return
    log = read_warm_up_log(start.server.log(), candidate.directory)
    if not start.failure:
        yield _replayed(warmup, told, log)
    elif log.started and log.records is None:
        yield _failed(candidate, told or [start.failure], start.failure)
    elif told:
        yield _failed(candidate, told, start.failure)
    else:
        raise Blocked(start.failure, by="version/loads")


def _read(
    candidate: Candidate, change: ModelChange, model: SavedModel
) -> tuple[Warmup | None, Sequence[str]]:
    """The file, and what is wrong with it."""
    try:
        warmup = read_warmup(candidate.root, within=change.root / change.path)
    except Unreadable as problem:
        return None, [f"it {problem.what}"]
    return warmup, list(unfit_records(warmup, model.signatures)) if warmup else []


def _failed(candidate: Candidate, told: Sequence[str], failure: str) -> Finding:
    file = f"{candidate.place}/{FILE}"
    return Finding(
        message=f"{file} cannot be replayed: {listed(told, most=3)}. The server replays it before "
        f"it serves a version, so version {candidate.version} does not load.",
        expected="at most 1000 uncompressed records that fit the model's signatures",
        observed=failure,
        remedy=f"Write {file} again with this model's own requests, or delete it.",
        location=Location(file=file),
        evidence={"problems": list(told[:20])},
    )


def _replayed(warmup: Warmup | None, told: Sequence[str], log: WarmUpLog) -> Remark:
    if log.records is None:
        # The log was cut off at its beginning; a version that loads has been warmed up.
        return Remark(message="The version loads, with its warm-up file.")
    there = warmup.records if warmup else log.records
    message = f"{count(log.records, 'record')} replayed"
    if log.records != there:
        message += f", of {there} in the file"
    if told:
        message += f", although {listed(told, most=2)}"
    return Remark(message=f"{message}.", evidence={"replayed": log.records})


def _switched_off(
    candidate: Candidate, told: Sequence[str], settings: Settings
) -> Iterator[Finding | Remark]:
    file = f"{candidate.place}/{FILE}"
    nothing = f"--{_WARM_UP_FLAG}=false in {settings.config_file}: production replays nothing"
    if not told:
        yield Remark(message=f"{nothing}.")
        return
    yield Finding(
        message=f"{file} could not be replayed: {listed(told, most=3)}. {nothing}, so this shows "
        "on the day when that is switched on.",
        expected="at most 1000 uncompressed records that fit the model's signatures",
        observed=listed(told),
        remedy=f"Write {file} again with this model's own requests, or delete it.",
        location=Location(file=file),
        severity=Severity.ADVISORY,
    )
