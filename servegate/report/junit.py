"""`junit.xml`: a suite for each candidate, a case for each check.

Valid against Jenkins' junit-10.xsd, the strictest reader: a case bears nothing but its name,
class and time, times have at most three decimals. GitLab wants unique names, takes the class for
the suite, shows a failure's text and not its `message`, and reads at most 30 MB. A report that is
not green has at least one failure or error, and none is ever empty: publishers take "no test" and
"all skipped" for success.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from itertools import chain, count, starmap

from junit_xml import TestCase, TestSuite

from servegate.findings import CheckResult, Finding, ModelReport, Report, Verdict
from servegate.report.safe import shorten, xml_text
from servegate.report.words import (
    Kind,
    display_name,
    field_in_words,
    fields,
    finite,
    headline,
    kind,
    points,
)

LARGEST = 30_000_000
"""Bytes: GitLab's limit on one report."""

_TEXT_LENGTHS = (65_536, 4_096, 512)  # characters of one text; the next where the last is too long
_ATTRIBUTE_LENGTH = 1_000
_RUN = "servegate"
_GREEN = frozenset({Verdict.ACCEPTED, Verdict.UNCHANGED})
_ATTRIBUTES = {
    "testsuite": ("name", "tests", "failures", "errors", "skipped", "time", "file"),
    "testcase": ("name", "classname", "time"),
}


def render(report: Report, *, largest: int = LARGEST) -> str:
    """The report as JUnit XML, of at most `largest` bytes as far as shorter texts achieve it."""
    text = ""
    for length in _TEXT_LENGTHS:
        text = _document(_suites(report, length))
        if len(text.encode()) <= largest:
            break
    return text


def _document(suites: list[TestSuite]) -> str:
    root = ET.Element("testsuites", name=_RUN)
    for suite in suites:
        # The library's own writer of documents would strip more than XML forbids, and not all
        # of what it does forbid.
        element = suite.build_xml_doc()
        _conform(element, suite)
        root.append(element)
    for total in ("tests", "failures", "errors"):
        root.set(total, str(sum(int(element.get(total, 0)) for element in root)))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _conform(element: ET.Element, suite: TestSuite) -> None:
    """Leaves out what the strict schema refuses, and cuts times to milliseconds."""
    element.set("time", _time(sum(case.elapsed_sec for case in suite.test_cases)))
    for case, source in zip(element.iter("testcase"), suite.test_cases, strict=True):
        case.set("time", _time(source.elapsed_sec))
    for one in (element, *element.iter("testcase")):
        kept = {name: one.attrib[name] for name in _ATTRIBUTES[one.tag] if name in one.attrib}
        one.attrib = kept


def _time(seconds: float) -> str:
    return f"{finite(seconds):.3f}"


def _suites(report: Report, length: int) -> list[TestSuite]:
    _, *names = _unique([_RUN, *(xml_text(display_name(model)) for model in report.models)])
    suites = [_suite(model, name, length) for model, name in zip(report.models, names, strict=True)]
    run = _run_suite(report, suites, length)
    return suites if run is None else [run, *suites]


def _run_suite(report: Report, suites: Iterable[TestSuite], length: int) -> TestSuite | None:
    """What concerns the run and no model: that nothing changed, or why nobody can tell."""
    reasons = "\n".join([headline(report), *report.notes, *map(str, report.not_examined)])
    if report.interrupted:
        case = _errored_case("interrupted", _RUN, reasons, length)
    elif report.verdict is Verdict.UNCHANGED:
        case = TestCase(
            "nothing-changed", classname=_RUN, elapsed_sec=0.0, stdout=xml_text(reasons)
        )
    elif not report.models or not (report.verdict in _GREEN or any(map(_is_red, suites))):
        case = _errored_case("verdict", _RUN, reasons, length)
    else:
        return None
    return TestSuite(_RUN, [case])


def _suite(model: ModelReport, name: str, length: int) -> TestSuite:
    ids = _unique(xml_text(result.id) for result in model.checks)
    cases = [
        _case(result, case, name, length) for result, case in zip(model.checks, ids, strict=True)
    ]
    suite = TestSuite(name, cases, file=_file(model))
    if not suite.test_cases or (model.verdict not in _GREEN and not _is_red(suite)):
        reasons = "\n".join(
            [f"No check explains it: {model.verdict}.", *map(str, model.not_examined)]
        )
        suite.test_cases.append(_errored_case("verdict", name, reasons, length))
    return suite


def _file(model: ModelReport) -> str | None:
    """Where the suite's annotations go: a case may not say it, and this is what is left."""
    places = (point.location for result in model.checks for point in points(result))
    first = next((place for place in places if place is not None), None)
    return xml_text(first.file) if first else None


def _case(result: CheckResult, name: str, suite: str, length: int) -> TestCase:
    case = TestCase(name, classname=suite, elapsed_sec=finite(result.seconds))
    text = _within(_text(result), length)
    message = _first_line(result.message) or _first_line(result.title) or result.status.value
    match kind(result):
        case Kind.FAILED:
            case.add_failure_info(message, text, failure_type=result.severity.value)
        case Kind.ERRORED:
            case.add_error_info(message, text)
        case Kind.SKIPPED:
            case.add_skipped_info(message, text)
        case Kind.ADVISORY:
            case.stdout = f"Warning (advisory, does not block): {text}"
        case Kind.PASSED:
            case.stdout = text
    return case


def _errored_case(name: str, suite: str, reason: str, length: int) -> TestCase:
    case = TestCase(name, classname=suite, elapsed_sec=0.0)
    case.add_error_info(_first_line(reason), _within(reason, length))
    return case


def _first_line(text: str) -> str:
    return _within(text.partition("\n")[0], _ATTRIBUTE_LENGTH)


def _within(text: str, length: int) -> str:
    return xml_text(shorten(text, length))


def _text(result: CheckResult) -> str:
    return "\n\n".join(_paragraph(point) for point in points(result))


def _paragraph(point: Finding) -> str:
    return "\n".join([point.message, *starmap(field_in_words, fields(point))])


def _is_red(suite: TestSuite) -> bool:
    return any(case.is_failure() or case.is_error() for case in suite.test_cases)


def _unique(names: Iterable[str]) -> list[str]:
    """The names in order; one that was there before gets a number."""
    taken: dict[str, None] = {}
    for name in names:
        numbered = (f"{name} ({number})" for number in count(2))
        free = next(one for one in chain([name], numbered) if one not in taken)
        taken[free] = None
    return list(taken)
