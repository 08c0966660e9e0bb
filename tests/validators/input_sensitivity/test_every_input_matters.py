from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from servegate.checks import Outcome
from servegate.config.load import load
from servegate.facts.probes import Provenance
from servegate.facts.reading import GraphReading
from servegate.facts.settings import Declared, Settings
from servegate.facts.swaps import Reactions
from servegate.findings import Location, NotExamined, Severity
from servegate.graph.dependence import ModelGraph
from servegate.providers import Absent, Blocked, Broken, Later, NotApplicable
from servegate.savedmodel.reader import read
from tests.support.evidence import FIRST_VERSION, candidate, finding, findings, later, remarks
from tests.support.graph_text import meta_graph, reading_of, signature
from tests.support.swaps import Said, reactions
from validators.input_sensitivity.every_input_matters import every_input_matters

_CONFIGURED = Settings(location=Location(file="servegate.yml", line=7))
_NO_EXAMPLES = NotApplicable("no examples", enable="give `examples:`")
_USED = """
    x = Placeholder
    z = Placeholder
    y = AddV2 x z
    """
_UNUSED = """
    x = Placeholder
    z = Placeholder
    y = Neg x
    """
_SHAPE = """
    x = Placeholder
    z = Placeholder
    ones = OnesLike z
    y = AddV2 x ones
    """
_DEAF = """
    x = Placeholder
    z = Placeholder
    y = Const
    """


def _reading(text: str, inputs: str = "x z", outputs: str = "y") -> GraphReading:
    return reading_of(text, inputs, outputs)


def _by_graph(
    reading: GraphReading,
    base: Later[GraphReading] | GraphReading | Absent = FIRST_VERSION,
    settings: Settings = _CONFIGURED,
) -> Outcome:
    """Without examples."""
    before = base if callable(base) else later(base)
    return every_input_matters(
        candidate(),
        settings,
        reading,
        before,
        later(_NO_EXAMPLES),
        later(FIRST_VERSION),
        later(FIRST_VERSION),
        later(FIRST_VERSION),
    )


def _check(text: str, base: str | GraphReading | Absent = FIRST_VERSION) -> Outcome:
    return _by_graph(_reading(text), _reading(base) if isinstance(base, str) else base)


@pytest.mark.parametrize("text", [_UNUSED, _SHAPE])
def test_input_that_the_base_version_used_blocks(text: str) -> None:
    found = finding(_check(text, _USED))

    assert found.severity is None
    assert "no longer uses 'z'" in found.message
    assert "no path from the value of 'z' to 'y'" in found.observed
    assert 'the model at servegate.yml:7: sensitivity: {ignores: {"z": "why"}}.' in found.remedy
    assert found.location == Location(file="models/prices/2")
    assert found.evidence["inputs"] == ["z"]


def test_shape_that_is_read_is_told() -> None:
    assert "only the shape of 'z' is read" in finding(_check(_SHAPE, _USED)).observed
    assert "shape" not in finding(_check(_UNUSED, _USED)).observed


@pytest.mark.parametrize("base", [_UNUSED, _SHAPE, _DEAF])
def test_input_that_the_base_version_ignored_is_inherited(base: str) -> None:
    found = finding(_check(_UNUSED, base))

    assert found.severity is Severity.ADVISORY
    assert "Inherited" in found.message


@pytest.mark.parametrize(
    ("base", "why"),
    [
        (FIRST_VERSION, FIRST_VERSION.reason),
        (NotApplicable("It cannot be read."), "It cannot be read."),
        (GraphReading(dependences=()), "no such input"),
        (_reading("x = Placeholder\ny = Neg x", "x"), "no such input"),
    ],
    ids=["first", "unreadable", "signature", "input"],
)
def test_nothing_to_compare_with_informs(base: GraphReading | Absent, why: str) -> None:
    found = finding(_check(_UNUSED, base))

    assert found.severity is Severity.ADVISORY
    assert why in found.message
    assert "Inherited" not in found.message


def test_dropped_and_inherited_inputs_are_told_apart() -> None:
    parts = ("a = Placeholder", "b = Placeholder", "c = Placeholder", "x = Placeholder")
    inputs = "a b c x"
    now = _reading("\n".join([*parts, "y = Neg x"]), inputs)
    before = _reading("\n".join([*parts, "y = AddV2 x b"]), inputs)
    found = findings(_by_graph(now, before))

    assert [(one.severity, one.evidence["inputs"]) for one in found] == [
        (None, ["b"]),
        (Severity.ADVISORY, ["a", "c"]),
    ]


def test_base_version_is_not_read_for_a_model_that_uses_everything() -> None:
    def unread() -> GraphReading:
        raise AssertionError

    assert not findings(_by_graph(_reading(_USED), unread))


def test_effect_on_one_output_of_two_is_an_effect() -> None:
    text = _UNUSED + "echo = Identity z"

    assert not findings(_by_graph(_reading(text, outputs="y echo")))


def test_input_that_is_an_output_itself_has_an_effect() -> None:
    reading = _reading(_UNUSED, outputs="y key=z:0")

    assert not findings(_by_graph(reading))


def test_input_that_later_requests_feel_has_an_effect() -> None:
    text = """
        x = Placeholder
        z = Placeholder
        total = VarHandleOp
        add = AssignAddVariableOp total z
        sum = ReadVariableOp total ^add
        y = AddV2 x sum
        """

    assert not findings(_check(text))


@pytest.mark.parametrize("text", [_DEAF, "x = Placeholder\nz = Placeholder\ny = Shape x"])
def test_signature_that_depends_on_nothing_is_left_to_another_check(text: str) -> None:
    with pytest.raises(NotApplicable):
        list(_check(text, _USED))


def test_redundant_input_of_a_real_model_informs(shared_models: Path) -> None:
    model = read(shared_models / "onnx__tensorflow-onnx__redundant_inputs" / "1")
    graph = ModelGraph(model.meta_graph)
    reading = GraphReading(
        dependences=tuple((one, graph.dependence(one)) for one in model.signatures)
    )
    found = finding(_by_graph(reading))

    assert found.severity is Severity.ADVISORY
    assert found.evidence["inputs"] == ["y"]
    inherited = finding(_by_graph(reading, reading))
    assert inherited.severity is Severity.ADVISORY
    assert "Inherited" in inherited.message


_SAME: list[Said] = [{"y": 1.0}] * 12


def _by_answers(
    found: Reactions,
    base: Reactions | Absent = FIRST_VERSION,
    *,
    text: str = _USED,
    settings: Settings = _CONFIGURED,
) -> Outcome:
    asked = base if isinstance(base, Absent) else (base,)
    return every_input_matters(
        candidate(),
        settings,
        _reading(text),
        later(FIRST_VERSION),
        later((found,)),
        later(asked),
        later(()),
        later(FIRST_VERSION),
    )


def test_input_that_moves_the_base_versions_answers_alone_blocks() -> None:
    base = reactions([{"y": 2.0}] * 8 + [{"y": 1.0}] * 4)
    found = finding(_by_answers(reactions(_SAME), base))

    assert found.severity is None
    assert "no longer reacts to 'z'" in found.message
    assert "exchanged between examples 12 times" in found.message
    assert "The base version answers 8 of these requests differently" in found.message
    assert found.observed == "no output moved, for instance by swap 0"
    assert 'the model at servegate.yml:7: sensitivity: {ignores: {"z": "why"}}.' in found.remedy


@pytest.mark.parametrize(
    ("base", "why"),
    [
        (FIRST_VERSION, FIRST_VERSION.reason),
        (reactions(_SAME), "Inherited"),
        (reactions([{"y": 2.0}] * 7 + [{"y": 1.0}] * 5), "reacts 7 times, too seldom"),
        (reactions([None] * 12), "does not answer these requests"),
        (reactions([{"y": 1.00001}] * 12), "Inherited"),
        (reactions([{"y": 2.0}] * 12, again={"y": 3.0}), "Inherited"),
    ],
    ids=["first", "inherited", "seldom", "refused", "rounding", "restless"],
)
def test_silence_that_the_base_version_does_not_disprove_informs(
    base: Reactions | Absent, why: str
) -> None:
    found = finding(_by_answers(reactions(_SAME), base))

    assert found.severity is Severity.ADVISORY
    assert "does not react to 'z'" in found.message
    assert why in found.message
    assert 'sensitivity: {ignores: {"z": "why"}}' in found.remedy


_ECHOED = {"y": 1.0, "key": 1.0}


@pytest.mark.parametrize(
    ("before", "moved"),
    [({"y": 1.0}, {"y": 1.00001}), (_ECHOED, {"y": 1.0, "key": 2.0}), (_ECHOED, {"y": 1.0})],
    ids=["little", "echoed", "left out"],
)
def test_one_answer_that_moves_is_an_effect(before: Said, moved: Said) -> None:
    found = reactions([*[before] * 11, moved], before=before)

    assert not findings(_by_answers(found, reactions([{"y": 2.0}] * 12)))


def test_noise_is_no_effect() -> None:
    assert findings(_by_answers(reactions([{"y": 1.0 + 1e-7}] * 12)))


def test_refused_swaps_prove_nothing() -> None:
    said = list(_by_answers(reactions([None] * 12), reactions([{"y": 2.0}] * 12)))

    assert [type(one) for one in said] == [NotExamined]
    assert "'z'" in str(said[0])


def test_inputs_that_no_two_examples_differ_in_are_told() -> None:
    (told,) = _by_answers(reactions([{"y": 2.0}], alike=("x",)))

    assert isinstance(told, NotExamined)
    assert "'x' of 'serving_default'" in told.what
    assert "`examples:`" in told.enable


def test_outputs_that_differ_by_themselves_show_nothing() -> None:
    sampled = reactions([{"y": 5.0}] * 12, again={"y": 3.0})

    (said,) = remarks(_by_answers(sampled, reactions([{"y": 2.0}] * 12)))
    assert "what differs by itself shows none" in said


def test_an_effect_may_hide_in_an_output_that_differs_by_itself() -> None:
    two = {"y": 1.0, "noise": 0.1}
    found = reactions([two] * 12, before=two, again={"y": 1.0, "noise": 0.2})

    (said,) = remarks(_by_answers(found, reactions([{"y": 1.0}] * 12)))
    assert "on 'noise' could not be seen" in said
    told = finding(_by_answers(found, reactions([{"y": 2.0}] * 12)))
    assert told.severity is Severity.ADVISORY
    assert "The base version reacts to it 12 times" in told.message


def test_answers_that_are_all_the_same_are_left_to_another_check() -> None:
    found = reactions(_SAME)
    constant = Reactions(
        signature="serving_default", repeats=found.repeats[:1], by_input=found.by_input
    )

    assert not findings(_by_answers(constant, reactions([{"y": 2.0}] * 12)))


def test_without_examples_the_report_says_so() -> None:
    (told,) = _check(_USED)

    assert told == NotExamined(what="no examples", enable="give `examples:`")


@pytest.mark.parametrize("absent", [Blocked("no", by="version/loads"), Broken("no")])
def test_what_the_graph_shows_stands_without_a_server(absent: Absent) -> None:
    def outcome(text: str) -> Outcome:
        return every_input_matters(
            candidate(),
            _CONFIGURED,
            _reading(text),
            later(_reading(_USED)),
            later(absent),
            later(FIRST_VERSION),
            later(absent),
            later(FIRST_VERSION),
        )

    assert finding(outcome(_UNUSED)).severity is None
    with pytest.raises(type(absent)):
        list(outcome(_USED))


def _declaring(name: str) -> Settings:
    declared = Declared(
        name=name, reason="for logging", location=Location(file="servegate.yml", line=9)
    )
    return Settings(ignores=(declared,))


def test_declared_input_passes_with_the_reason() -> None:
    said = _by_graph(_reading(_UNUSED), _reading(_USED), _declaring("z"))

    assert remarks(said) == ["'z' may go without effect, as declared: for logging"]


def test_declared_input_that_there_is_not_informs() -> None:
    found = finding(
        _by_graph(_reading(_USED.replace("z", "zone"), "x zone"), settings=_declaring("zoen"))
    )

    assert found.severity is Severity.ADVISORY
    assert found.message.endswith("did you mean 'zone'?")
    assert found.location == Location(file="servegate.yml", line=9)


def test_declared_inputs_are_not_doubted_while_signatures_are_broken() -> None:
    reading = _reading(_USED)
    broken = GraphReading(dependences=reading.dependences, broken=(("other", "no such node"),))

    assert not findings(_by_graph(broken, settings=_declaring("of_other")))


def test_model_without_a_section_gets_the_whole_one() -> None:
    found = finding(_by_graph(_reading(_UNUSED), settings=Settings()))

    assert (
        'models: [{name: "prices", path: "models/prices", sensitivity: {ignores: {"z": "why"}}}]'
        in found.remedy
    )


def test_line_to_add_is_configuration(tmp_path: Path) -> None:
    """Whatever the input is called."""
    name = 'a "b": {c}, #\n'
    message = meta_graph(_UNUSED, "x z")
    inputs = message.signature_def["serving_default"].inputs
    inputs[name].CopyFrom(inputs.pop("z"))
    described = signature(message)
    reading = GraphReading(dependences=((described, ModelGraph(message).dependence(described)),))
    remedy = finding(_by_graph(reading, settings=Settings())).remedy
    line = remedy[remedy.index("models: [") :].removesuffix(".")
    (tmp_path / "models" / "prices").mkdir(parents=True)

    config = load(None, tmp_path, line.encode())
    assert config.models[0].sensitivity.ignores == {name: "why"}


_made_up = partial(reactions, kind=Provenance.SYNTHESISED)


def _by_made_up_inputs(
    found: Reactions | Absent, base: Reactions | Absent, text: str = _USED
) -> Outcome:
    """Without examples."""
    return every_input_matters(
        candidate(),
        _CONFIGURED,
        _reading(text),
        later(_reading(_USED)),
        later(_NO_EXAMPLES),
        later(FIRST_VERSION),
        later(found if isinstance(found, Absent) else (found,)),
        later(base if isinstance(base, Absent) else (base,)),
    )


_MOVES_BASE = _made_up([{"y": 2.0}] * 8 + [{"y": 1.0}] * 4)


def test_made_up_inputs_that_move_the_base_versions_answers_alone_block() -> None:
    found = finding(_by_made_up_inputs(_made_up(_SAME), _MOVES_BASE))

    assert found.severity is None
    assert "no longer reacts to 'z'" in found.message
    assert "exchanged between made-up inputs 12 times" in found.message
    assert "The base version answers 8 of these requests differently" in found.message


@pytest.mark.parametrize(
    "base",
    [
        FIRST_VERSION,
        Blocked("no", by="version/loads"),
        _made_up(_SAME),
        _made_up([{"y": 2.0}] * 7 + [{"y": 1.0}] * 5),
        _made_up([None] * 12),
        _made_up([{"y": 1.00001}] * 12),
        _made_up([{"y": 2.0}] * 12, again={"y": 3.0}),
        _made_up([{"y": float("nan")}] * 12),
        _made_up([{"y": 2.0}] * 12, moderate=False),
    ],
    ids=[
        "first",
        "blocked",
        "inherited",
        "seldom",
        "refused",
        "rounding",
        "restless",
        "not a number",
        "huge",
    ],
)
def test_made_up_inputs_that_the_base_version_does_not_react_to_say_nothing(
    base: Reactions | Absent,
) -> None:
    said = list(_by_made_up_inputs(_made_up(_SAME), base))

    assert said == [NotExamined(what="no examples", enable="give `examples:`")]


@pytest.mark.parametrize(
    "found",
    [
        _made_up([*_SAME, {"y": 2.0}]),
        _made_up(_SAME, before={"y": 1.0, "noise": 1.0}, again={"y": 1.0, "noise": 2.0}),
        _made_up(_SAME, before={"y": 7.0}),
        NotApplicable("There is no base version."),
        Blocked("no", by="version/loads"),
    ],
    ids=["moves once", "may hide in noise", "deaf", "first version", "not loaded"],
)
def test_made_up_inputs_that_prove_nothing_say_nothing(found: Reactions | Absent) -> None:
    assert [type(one) for one in _by_made_up_inputs(found, _MOVES_BASE)] == [NotExamined]


def test_made_up_inputs_that_could_not_be_asked_are_no_verdict() -> None:
    broken = Broken("The server is gone.")

    with pytest.raises(Broken):
        list(_by_made_up_inputs(broken, FIRST_VERSION))
    assert finding(_by_made_up_inputs(broken, FIRST_VERSION, _UNUSED)).severity is None
