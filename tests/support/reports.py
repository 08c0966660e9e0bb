"""Reports to format: one for each verdict, and hostile ones."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from servegate.findings import (
    CheckResult,
    Finding,
    Location,
    ModelReport,
    NotExamined,
    Report,
    Severity,
    Status,
    Verdict,
)
from servegate.phases import Phase
from servegate.shards import Shard

PASSED = CheckResult(
    id="version/layout",
    title="Version directories are named as TensorFlow Serving reads them",
    status=Status.PASSED,
    severity=Severity.BLOCKING,
    seconds=0.0021,
)
STALE = CheckResult(
    id="version/served",
    title="The server answers with the candidate",
    status=Status.FAILED,
    severity=Severity.BLOCKING,
    message="Version 1 answers, 2 was expected: deploy/models.config:7 pins it.",
    findings=(
        Finding(
            message="Version 1 answers, 2 was expected: deploy/models.config:7 pins it.",
            expected="version 2",
            observed="version 1",
            remedy="Remove the pin, or write 2 in it.",
            location=Location(file="deploy/models.config", line=7),
            severity=Severity.BLOCKING,
            evidence={"answered": "1", "latency": float("nan")},
        ),
        Finding(
            message="The label `stable` is on version 1 | too.",
            observed="line one of a log\nline two, 100% | done\n",
            location=Location(file="deploy/models.config"),
            severity=Severity.ADVISORY,
        ),
    ),
    seconds=0.08,
)
ADVISORY = CheckResult(
    id="input_sensitivity/depends-on-input",
    title="Every output depends on an input",
    status=Status.FAILED,
    severity=Severity.ADVISORY,
    message="The input 'reward' has no effect, as in version 1. Accepted in the configuration: old",
    remedy="Declare it under sensitivity: ignores:.",
    findings=(Finding(message="The input 'reward' has no effect, as in version 1."),),
)
ERRORED = CheckResult(
    id="preprocessing/training-equals-serving",
    title="Training and serving make the same tensors",
    status=Status.ERRORED,
    severity=Severity.BLOCKING,
    message='The worker ended.\nTraceback (most recent call last):\n  File "<stdin>", line 1',
    remedy="Install the project's packages in the interpreter of preprocessing.python.",
    seconds=1.25,
)
SKIPPED = CheckResult(
    id="preprocessing/answers-equal-expected",
    title="Recorded answers are given again",
    status=Status.SKIPPED,
    severity=Severity.BLOCKING,
    message="There are no examples for version 2.",
)

REJECTED_MODEL = ModelReport(
    name="regressor",
    path="models/regressor",
    candidate="2",
    baseline=("1",),
    verdict=Verdict.REJECTED,
    checks=(PASSED, STALE, ADVISORY, SKIPPED),
    not_examined=(NotExamined(what="no examples", enable="add examples: data/regressor.jsonl"),),
    seconds=11.94,
    phases={
        Phase.FILES: 0.004,
        Phase.IMAGE: 2.5,
        Phase.BUILD: 1.25,
        Phase.START: 3.5,
        Phase.ASKING: 4.2,
        Phase.CLEANUP: 0.5,
    },
    evidence_seconds={"candidate": 0.004, "server": 3.5},
    image_id="sha256:0a1b",
)
UNDECIDED_MODEL = ModelReport(
    name="sentiment",
    path="models/sentiment",
    candidate="9223372036854775807",
    baseline=(),
    verdict=Verdict.UNDECIDED,
    checks=(PASSED, ERRORED),
    seconds=2.0,
)
ACCEPTED_MODEL = ModelReport(
    name="prices",
    path="models/prices",
    candidate="3",
    baseline=("1", "2"),
    verdict=Verdict.ACCEPTED,
    checks=(replace(PASSED, message="Republishes version 1."), ADVISORY, SKIPPED),
    seconds=1.0,
)

REJECTED = Report(
    verdict=Verdict.REJECTED,
    base="1" * 40,
    head="2" * 40,
    runtime="docker",
    seconds=14.94,
    models=(ACCEPTED_MODEL, REJECTED_MODEL, UNDECIDED_MODEL),
    serving_image="tensorflow/serving@sha256:0123",
    not_examined=(NotExamined(what="the model 'ranker' of deploy/models.config is not in git"),),
    notes=("TLS was stripped from the server's flags.",),
    phases={Phase.SETUP: 21.4, Phase.SELECTION: 0.31, Phase.REPORT: 0.01},
)
ACCEPTED = replace(
    REJECTED, verdict=Verdict.ACCEPTED, models=(ACCEPTED_MODEL,), not_examined=(), notes=()
)
UNDECIDED = replace(ACCEPTED, verdict=Verdict.UNDECIDED, models=(UNDECIDED_MODEL,))
UNCHANGED = Report(
    verdict=Verdict.UNCHANGED,
    base="1" * 40,
    head="2" * 40,
    runtime="embedded",
    seconds=0.2,
    models=(),
)
NOTHING_EXAMINED = replace(
    UNCHANGED,
    verdict=Verdict.UNDECIDED,
    base=None,
    head=None,
    notes=("v2/saved_model.pb has changed and belongs to no model.",),
)
INTERRUPTED = replace(UNDECIDED, interrupted=True)

REPORTS = {
    "rejected": REJECTED,
    "accepted": ACCEPTED,
    "undecided": UNDECIDED,
    "unchanged": UNCHANGED,
    "nothing-examined": NOTHING_EXAMINED,
    "interrupted": INTERRUPTED,
}

NASTY = (
    "<script>alert(1)</script>",
    "\"'&;",
    "]]>",
    "::error::hacked",
    " \t::set-output name=verdict::accepted",
    "\u200b::add-mask::a",
    ":\u00ad:warning::",
    "##[add-path]/tmp",
    "#\x1b[0m#[add-path]/tmp",
    "#\u2060#[set-env name=A;]b",
    "one\ntwo\r\nthree\rfour\u2028five\x85six",
    "\n::error::after a line break",
    "\r::error::after a carriage return",
    "\x1b[31mred\x1b[0m \x1b]8;;http://evil.example\x07link\x1b]8;;\x07 \x9b1m",
    "\x1b]0;title that never ends",
    "\ud800 lone",
    "byte \udcff",
    "\ufffe\uffff\x00\x08",
    "a|b||c\\|d",
    "`tick` ``two`` \\` ```",
    "```\nnot closed",
    "[a link](http://evil.example) ![an image](http://evil.example/x.png)",
    "<img src=x onerror=alert(1)> <!-- comment --> &lt; &#124; &amp;",
    "@somebody https://evil.example www.evil.example me@evil.example #12 GH-12",
    "**bold** _em_ ~~gone~~ $x$ # heading",
    "- list",
    "1. list",
    "+ list",
    "# heading",
    "> quote",
    "---",
    "===",
    ":---|---:",
    "    code",
    "</details>",
    "\u202eesrever \u2066",
    "%0A::error::%25",
    "file=a,line=1",
    "",
    " ",
    "x" * 10_000,
    "🎉" * 3_000,
)

texts = st.one_of(
    st.sampled_from(NASTY),
    st.text(alphabet=st.characters(codec=None), max_size=40),
    st.lists(st.sampled_from(NASTY), min_size=2, max_size=3).map("".join),
)
_seconds = st.one_of(
    st.floats(min_value=0, max_value=1e4),
    st.sampled_from([float("nan"), float("inf"), -1.0, 1e-9, 123456.7894]),
)
_evidence = st.dictionaries(
    texts,
    st.recursive(
        st.one_of(texts, st.floats(), st.integers(), st.none(), st.binary(max_size=5)),
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner)),
        max_leaves=5,
    ),
    max_size=2,
)
_locations = st.one_of(
    st.none(),
    st.builds(Location, file=texts, line=st.one_of(st.none(), st.integers(1, 10**9))),
)
_findings = st.builds(
    Finding,
    message=texts,
    expected=texts,
    observed=texts,
    remedy=texts,
    location=_locations,
    severity=st.one_of(st.none(), st.sampled_from(Severity)),
    evidence=_evidence,
)
results = st.builds(
    CheckResult,
    id=texts,
    title=texts,
    status=st.sampled_from([one for one in Status if one is not Status.FAILED]),
    severity=st.sampled_from(Severity),
    message=texts,
    remedy=texts,
    evidence=_evidence,
    seconds=_seconds,
) | st.builds(
    CheckResult,
    id=texts,
    title=texts,
    status=st.just(Status.FAILED),
    severity=st.sampled_from(Severity),
    message=texts,
    findings=st.lists(_findings, min_size=1, max_size=2).map(tuple),
    seconds=_seconds,
)
_phases = st.dictionaries(st.sampled_from(Phase) | texts, _seconds, max_size=3)
_absences = st.lists(st.builds(NotExamined, what=texts, enable=texts), max_size=2).map(tuple)
_models = st.builds(
    ModelReport,
    name=texts,
    path=texts,
    candidate=st.one_of(st.none(), texts),
    baseline=st.lists(texts, max_size=2).map(tuple),
    verdict=st.sampled_from(Verdict),
    checks=st.lists(results, max_size=3).map(tuple),
    not_examined=_absences,
    seconds=_seconds,
    phases=_phases,
    evidence_seconds=_phases,
    image_id=st.one_of(st.none(), texts),
    image_digest=st.one_of(st.none(), texts),
)
hostile_reports = st.builds(
    Report,
    verdict=st.sampled_from(Verdict),
    base=st.one_of(st.none(), texts),
    head=st.one_of(st.none(), texts),
    runtime=texts,
    seconds=_seconds,
    models=st.lists(_models, max_size=2).map(tuple),
    serving_image=st.one_of(st.none(), texts),
    not_examined=_absences,
    notes=st.lists(texts, max_size=2).map(tuple),
    interrupted=st.booleans(),
    shard=st.one_of(st.none(), st.builds(Shard, index=st.integers(1, 9), total=st.just(9))),
    phases=_phases,
)
