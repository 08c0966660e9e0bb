"""The graph that production loads is there, and what clients ask it by."""

from __future__ import annotations

import json

from servegate.checks import Outcome, check
from servegate.contract import Break, Kind, breaks
from servegate.contract_texts import TEXTS, change
from servegate.facts.change import Baseline, Candidate
from servegate.facts.reading import Reading
from servegate.facts.settings import Settings
from servegate.findings import Finding, Location, Remark
from servegate.providers import Absent, Blocked, Later
from servegate.savedmodel.reader import SavedModel, tag_set
from servegate.savedmodel.unreadable import Unreadable
from servegate.tfserving.flags import parse_flags
from servegate.wording import listed

_DEFAULT = "serving_default"


@check(claims=("P08", "C01"))
def tags_and_signatures(
    candidate: Candidate,
    reading: Reading,
    settings: Settings,
    baseline: Later[Baseline],
    baseline_saved_model: Later[SavedModel],
) -> Outcome:
    """The graph that production loads exists, with the signatures that clients use.

    What it checks:
        One of the graphs in saved_model.pb has exactly the tags that the server asks for:
        `--saved_model_tags` in `serving.flags`, else {serve}. A graph that has one more is not
        loaded. That graph has a signature at all, and every signature that the base version has,
        by its own name. None has to be called `serving_default`, as long as none was.

    Why it matters:
        Without the tags the version does not load. Without the signature it loads, and every
        client that names it, or that names none and means `serving_default`, is refused.

    Remedy:
        Export with the tags that production asks for, and keep the old signature beside the new
        one. A signature that no client needs any more can be accepted for the one version.
    """
    if reading.problem is not None and reading.lacks_tags:
        yield _untagged(candidate, reading.problem, settings)
        return
    if reading.model is None:
        raise Blocked(str(reading.problem), by="version/files-complete")
    if not reading.model.signatures:
        yield _mute(candidate, reading.model)
        return
    try:
        before, version = baseline_saved_model().signatures, baseline().version
    except Absent:
        return  # there is nothing that a client could rely on
    for one in breaks(before, reading.model.signatures):
        if one.kind is Kind.SIGNATURE_GONE:
            yield _gone(candidate, reading.model, one, version)
    if reading.model.signature(_DEFAULT) is None:
        yield Remark(
            message=f"No signature is called {_DEFAULT}: clients have to name one of "
            f"{listed(one.name for one in reading.model.signatures)}."
        )


def _untagged(candidate: Candidate, problem: Unreadable, settings: Settings) -> Finding:
    flags = parse_flags(settings.flags)
    asked = tag_set(flags.tags)
    by_flag = "saved_model_tags" in flags.given
    decides = f"--saved_model_tags in {settings.config_file}" if by_flag else "the server's default"
    return Finding(
        message=f"{candidate.place}/{problem.sentence} Production asks for {asked} "
        f"({decides}), and a server takes no graph with other tags, or with one more: the version "
        "would not load.",
        expected=f"a graph with exactly the tags {asked}",
        observed=f"{problem.file} {problem.what}",
        remedy=f"Export with the tag set {asked}; or, if production is to load another graph, "
        f"set `--saved_model_tags=` in `serving.flags` of {settings.config_file} and in "
        "production.",
        location=Location(file=f"{candidate.place}/{problem.file}"),
    )


def _mute(candidate: Candidate, model: SavedModel) -> Finding:
    return Finding(
        message=f"Version {candidate.version} has no signature: it would load, and refuse every "
        "request.",
        expected=f"a signature, {_DEFAULT} where clients name none",
        observed=f"{model.file} has no signature for clients",
        remedy="Export again with `signatures=` (`tf.saved_model.save`), or call the model once "
        "before it is saved.",
        location=Location(file=f"{candidate.place}/{model.file}"),
    )


def _gone(candidate: Candidate, model: SavedModel, one: Break, before: int) -> Finding:
    name = json.dumps(candidate.model, ensure_ascii=False)  # quoted: names are anybody's
    return Finding(
        message=f"Version {candidate.version}: the signature {change(one)}. "
        f"{TEXTS[one.kind].clients}",
        expected=f"the signatures of version {before}, {one.signature!r} among them",
        observed=f"{listed(repr(each.name) for each in model.signatures)}",
        remedy=f"Export it under the name {one.signature!r} too. If no client needs it, accept "
        f"that in servegate.yml: accept: [{{check: version/tags-and-signatures, model: {name}, "
        f'version: "{candidate.version}", reason: "why"}}].',
        location=Location(file=f"{candidate.place}/{model.file}"),
        evidence={"signature": one.signature},
    )
