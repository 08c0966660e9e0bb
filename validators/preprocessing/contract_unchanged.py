"""The candidate's signatures against the base version's: what clients may go on relying on."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from servegate.checks import Outcome, check
from servegate.contract import Break, Kind, additions, breaks
from servegate.contract_texts import TEXTS, change, promise
from servegate.facts.change import Baseline, Candidate
from servegate.facts.examples import CallableError, Prepared
from servegate.facts.probes import Exchange
from servegate.facts.serving import Tensors
from servegate.facts.settings import Settings
from servegate.findings import Finding, Location, Remark, Severity
from servegate.providers import Absent, Later
from servegate.savedmodel.reader import SavedModel
from servegate.tfserving.flags import parse_flags
from servegate.witnesses import Word, word
from servegate.wording import listed


@check(claims=("C01", "C02", "C03", "C05", "C09"))
def contract_unchanged(
    candidate: Candidate,
    baseline: Baseline,
    saved_model: SavedModel,
    baseline_saved_model: SavedModel,
    serving: Later[Prepared],
    training: Later[Prepared],
    base_requests: Later[tuple[Exchange, ...]],
    settings: Settings,
) -> Outcome:
    """Requests and answers of the base version's clients hold.

    What it checks:
        Every signature of the base version: that it is still there, of the same method, with the
        same inputs and outputs, dtypes and shapes. Further signatures and outputs, inputs with a
        default and dimensions that were opened are compatible. A lost, renamed or retyped input
        is advisory when all examples show that the client has changed along: what `serving:`
        makes, else the recorded or raw example, fits the new signature and not the old one. A new
        required input fails when the examples leave it out; it is advisory when they hold it and
        when there are none. A lost signature is advisory, since version/tags-and-signatures
        decides about that; so is another method, unless production's flags have the server check
        methods. Signatures do not always tell the truth about shapes, so requests
        decide about them: some that the base version answers are put to the candidate. A shape
        fails when it refuses them all, or answers with another rank; else it is advisory.

    Why it matters:
        Clients are not deployed in the same moment as the model. The server refuses requests for
        names and dtypes that it does not know, and does not compare those that it knows with
        what was promised yesterday. A feature that is no longer taken is dropped from some
        requests in silence.

    Remedy:
        Keep the old promise beside the new one (a second signature, an output more, a default
        for a new input), or change client and examples in the same pull request. A break that is
        wanted can be accepted for the one version.
    """
    before, after = baseline_saved_model.signatures, saved_model.signatures
    found = tuple(breaks(before, after))
    if not found:
        new = list(additions(before, after))
        yield Remark(message=f"Compatible: {listed(new)} new." if new else "Nothing has changed.")
        return
    judge = _Judge(
        before=baseline_saved_model,
        after=saved_model,
        found=found,
        client=_client(serving, training),
        requests=base_requests,
        methods_checked=parse_flags(settings.flags).enabled(_METHOD_CHECK),
    )
    groups: dict[tuple[str, Kind, _Ruling], list[Break]] = defaultdict(list)
    for one in found:
        groups[one.signature, one.kind, judge.ruling(one)].append(one)
    for (_, _, ruling), group in groups.items():
        yield _finding(candidate, baseline, group, ruling)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ruling:
    """How much a break weighs, and the sentence that says why."""

    severity: Severity
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Client:
    """What is known of the tensors that clients send: nothing where there are no examples."""

    name: str
    sent: tuple[Tensors, ...]


def _client(serving: Later[Prepared], training: Later[Prepared]) -> _Client:
    for source in (serving, training):
        try:
            prepared = source()
        except Absent:
            continue  # the checks that compare the two say why
        made = prepared.tensors.values()
        sent = tuple(one for one in made if not isinstance(one, CallableError))
        if sent:
            return _Client(name=prepared.name, sent=sent)
    return _Client(name="", sent=())


_METHOD_CHECK = "enable_signature_method_name_check"

# Old requests are refused for these already, so they cannot tell anything about shapes.
_REFUSED_ANYWAY = (Kind.INPUT_GONE, Kind.INPUT_RENAMED, Kind.INPUT_REQUIRED, Kind.INPUT_DTYPE)
_OF_INPUTS = (Kind.INPUT_SHAPE, *_REFUSED_ANYWAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judge:
    """Weighs breaks by what is known of the client, and by what requests show."""

    before: SavedModel
    after: SavedModel
    found: tuple[Break, ...]
    client: _Client
    requests: Later[tuple[Exchange, ...]]
    methods_checked: bool

    def ruling(self, one: Break) -> _Ruling:
        """Blocking where a client of the base version must fail, as far as anybody can tell."""
        if one.kind is Kind.SIGNATURE_GONE:
            return _advisory("version/tags-and-signatures decides about it.")
        if one.kind is Kind.OUTPUT_SHAPE:
            return self._of_output_shape(one)
        if one.kind is Kind.METHOD and not self.methods_checked:
            return _advisory("Production's flags do not have it checked.")
        said = self._word(one)
        if said is Word.AGREES:
            return _advisory(f"The client has changed along, going by {self.client.name}.")
        if one.kind is Kind.INPUT_SHAPE:
            return self._of_input_shape(one)
        if said is Word.CONTRADICTS:
            return _blocking(f"The client has not changed along, going by {self.client.name}.")
        if one.kind is Kind.INPUT_REQUIRED:
            return _advisory("There are no examples that tell whether clients send it.")
        return _blocking()

    def _word(self, one: Break) -> Word:
        before, after = self.before.signature(one.signature), self.after.signature(one.signature)
        if one.kind not in _OF_INPUTS or before is None or after is None:
            return Word.NONE
        return word(one, self.client.sent, before, after)

    def _of_input_shape(self, one: Break) -> _Ruling:
        same = [other.kind for other in self.found if other.signature == one.signature]
        exchanged = self._exchanged(one.signature)
        if not exchanged or any(kind in _REFUSED_ANYWAY for kind in same):
            return _advisory("No request could show whether the old shape is still taken.")
        if any(exchange.after.answered for exchange in exchanged):
            return _advisory("Requests of the old shape are still answered.")
        refusal = exchanged[0].after.refusal
        return _blocking(f"Requests of the old shape are refused: {refusal}")

    def _of_output_shape(self, one: Break) -> _Ruling:
        ranks = {
            (exchange.before.outputs[one.name].ndim, exchange.after.outputs[one.name].ndim)
            for exchange in self._exchanged(one.signature)
            if exchange.before.outputs and exchange.after.outputs
        }
        if not ranks:
            return _advisory("No request could show what shape the answers have.")
        changed = sorted(pair for pair in ranks if len(set(pair)) > 1)
        if not changed:
            return _advisory("The answers are of the same rank as before.")
        return _blocking(f"Answers had rank {changed[0][0]}, and have rank {changed[0][1]}.")

    def _exchanged(self, signature: str) -> list[Exchange]:
        try:
            exchanged = self.requests()
        except Absent:
            return []  # other checks tell why nothing could be asked
        return [one for one in exchanged if one.before.probe.signature == signature]


def _advisory(why: str) -> _Ruling:
    return _Ruling(severity=Severity.ADVISORY, why=why)


def _blocking(why: str = "") -> _Ruling:
    return _Ruling(severity=Severity.BLOCKING, why=why)


def _finding(
    candidate: Candidate, baseline: Baseline, group: Sequence[Break], ruling: _Ruling
) -> Finding:
    first, text = group[0], TEXTS[group[0].kind]
    blocks = ruling.severity is Severity.BLOCKING
    changed = listed(map(change, group))
    return Finding(
        message=f"Signature {first.signature!r} of version {candidate.version} {text.change}: "
        f"{changed}. {text.clients}" + f" {ruling.why}".rstrip(),
        expected=f"as version {baseline.version} promises: {listed(map(promise, group))}",
        observed=changed,
        remedy=f"{text.remedy}." + (f" {_accept(candidate)}" if blocks else ""),
        location=Location(file=candidate.place),
        severity=None if blocks else ruling.severity,
        evidence={
            "signature": first.signature,
            "kind": first.kind.value,
            "names": [one.name for one in group[:100]],
        },
    )


def _accept(candidate: Candidate) -> str:
    """The way out where the break is meant; quoted, since names are anybody's."""
    model = json.dumps(candidate.model, ensure_ascii=False)
    return (
        "If no client needs it, accept it in servegate.yml: accept: [{check: "
        f'preprocessing/contract-unchanged, model: {model}, version: "{candidate.version}", '
        'reason: "why"}].'
    )
