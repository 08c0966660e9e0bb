"""Clients of the repository that ask for another version or model than production serves."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate
from servegate.facts.clients import ClientRequest
from servegate.facts.production import Production, ProductionModel
from servegate.facts.repository import Repository
from servegate.facts.settings import Settings
from servegate.findings import Finding, Severity
from servegate.providers import NotApplicable
from servegate.release import refuse_superseded
from servegate.wording import listed

# What people add to a name, and leave out of it.
_ADDED = re.compile(r"(?:v?[0-9]+|model)\Z")


@check(claims=("V20", "V11"), severity=Severity.ADVISORY)
def clients_ask_for_it(
    candidate: Candidate,
    production: Production,
    settings: Settings,
    repository: Repository,
    client_requests: tuple[ClientRequest, ...],
) -> Outcome:
    """The repository's own clients ask for what production serves.

    What it checks:
        Text files of the repository (code, scripts, request fixtures; of documents only what is a
        request) for addresses of the REST API and for model specs of gRPC that name this model
        with a number or a label. Advisory, where production does not serve that version after
        this change, or does not know the label, and did before it, or the change touches the file.
        And for the name of a model that nobody has and that is this one's but for capitals,
        dashes, or a number at its end, where the names are configured. Numbers of versions that
        stay loaded, and addresses that are put together at run time, are not looked at.

    Why it matters:
        A client with an old number in its address gets 404 from the day on which the new version
        replaces the old one, or goes on asking the old one for as long as that is kept.

    Remedy:
        Leave the version out of the request, ask by label, or keep the old version loaded.
    """
    refuse_superseded(candidate, production)
    model = production.head.model
    if model is None:
        raise NotApplicable("Production's configuration does not name the model.")
    if not client_requests:
        raise NotApplicable("No file of the repository holds a request to a model server.")
    known = {candidate.model, *production.neighbours, *repository.after}
    named = production.config_file is not None or settings.location is not None
    for one in client_requests:
        if one.model == candidate.model:
            yield from _of_this_model(one, model, production)
        elif named and one.model not in known and _is_meant(one.model, candidate.model, known):
            yield _of_another_name(one, candidate)


def _of_this_model(
    one: ClientRequest, model: ProductionModel, production: Production
) -> Iterator[Finding]:
    served = production.head.aspired
    base = production.base
    if one.version is not None and one.version not in served:
        if base is None or one.version in base.aspired or one.changed:
            yield _of_a_version(one, production)
    elif one.label is not None and one.label not in model.labels:
        had = base is not None and base.model is not None and one.label in base.model.labels
        if base is None or had or one.changed:
            yield _of_a_label(one, model)


def _of_a_version(one: ClientRequest, production: Production) -> Finding:
    served = production.head.aspired
    both = " ".join(f"versions: {number}" for number in sorted({*served, one.version or 0}))
    there = one.version in production.head.present
    return Finding(
        message=f"{one.location} asks for version {one.version} of {one.model!r}; after this "
        f"change production serves {_numbers(served)}: this request gets 404.",
        expected=f"a request without a version, or for {_numbers(served)}",
        observed=f"version {one.version} of {one.model!r}",
        remedy="Leave the version out, so that the newest answers"
        + (f"; or keep it loaded (`specific {{ {both} }}`)." if there else "."),
        location=one.location,
    )


def _numbers(versions: Collection[int]) -> str:
    return listed(f"version {one}" for one in versions) or "no version"


def _of_a_label(one: ClientRequest, model: ProductionModel) -> Finding:
    labels = listed(map(repr, model.labels)) or "none"
    return Finding(
        message=f"{one.location} asks {one.model!r} by the label {one.label!r}, which production "
        "does not have after this change: this request is refused (`Unrecognized servable version "
        "label`).",
        expected=f"a label of the configuration: {labels}",
        observed=f"the label {one.label!r}",
        remedy=f"Ask by a label that there is, or give {one.model!r} this label again.",
        location=one.location,
    )


def _is_meant(name: str, model: str, known: Collection[str]) -> bool:
    """Whether a name that nobody has is one model's, written otherwise, and no other's."""
    near = [one for one in known if _plain(one) == _plain(name)]
    return near == [model]


def _plain(name: str) -> str:
    bare = re.sub(r"[-_.~]", "", name.casefold())
    return _ADDED.sub("", bare) or bare


def _of_another_name(one: ClientRequest, candidate: Candidate) -> Finding:
    return Finding(
        message=f"{one.location} asks for the model {one.model!r}, which nobody has: production's "
        f"name of it is {candidate.model!r}, letter by letter, and this request gets 404.",
        expected=f"/v1/models/{candidate.model}",
        observed=f"the model {one.model!r}",
        remedy=f"Write {candidate.model}.",
        location=one.location,
    )
