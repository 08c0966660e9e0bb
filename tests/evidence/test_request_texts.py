"""Requests to a model server, found in text."""

from __future__ import annotations

import pytest

from servegate.evidence.request_texts import Mention, mentions
from servegate.tfserving.versions import Version

_ROOT = "http://models.internal:8501"


def _only(text: str) -> tuple[str, int | None, str | None]:
    (found,) = mentions(text)
    return found.model, found.version, found.label


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/v1/models/prices:predict", ("prices", None, None)),
        ("/v1/models/prices", ("prices", None, None)),
        ("/v1/models/prices/versions/7:predict", ("prices", 7, None)),
        ("/v1/models/prices/versions/007:classify", ("prices", 7, None)),
        ("/v1/models/prices/versions/7/metadata", ("prices", 7, None)),
        ("/v1/models/prices/labels/stable:predict", ("prices", None, "stable")),
        ("/v1/models/prices_eu-2.1:regress", ("prices_eu-2.1", None, None)),
    ],
)
@pytest.mark.parametrize("around", ['URL = "{}"', "curl -d @x {} | jq", "see {}.", "<{}>", "`{}`,"])
def test_addresses(around: str, address: str, found: tuple[str, int | None, str | None]) -> None:
    assert _only(around.format(_ROOT + address)) == found


@pytest.mark.parametrize(
    "text",
    [
        'f"/v1/models/{name}/versions/1:predict"',
        'f"/v1/models/prices_{env}:predict"',
        'f"/v1/models/prices-{env}/versions/1:predict"',
        'f"/v1/models/prices.{env}:predict"',
        '"/v1/models/%s/versions/%d:predict"',
        "/v1/models/${MODEL}/versions/1:predict",
        "/v1/models/<model>/versions/1:predict",
        "/v1/models/",
    ],
)
def test_names_that_are_put_together_at_run_time_are_none(text: str) -> None:
    assert not list(mentions(text))


@pytest.mark.parametrize(
    "text",
    [
        'f"/v1/models/prices/versions/{version}:predict"',
        '"/v1/models/prices/versions/" + version',
        'f"/v1/models/prices/versions/1{digit}:predict"',
        "/v1/models/prices/versions/$V:predict",
        "/v1/models/prices/versions/99999999999999999999:predict",
    ],
)
def test_a_version_that_is_put_together_at_run_time_is_none(text: str) -> None:
    assert all(one.version is None for one in mentions(text))


@pytest.mark.parametrize(
    "text",
    [
        'request.model_spec.name = "prices"\nrequest.model_spec.version.value = 3\n',
        '{"model_spec": {"name": "prices", "version": {"value": "3"}}}',
        '{"modelSpec": {"name": "prices", "version": 3}}',
        '{"model_spec": {"version": {"value": 3}, "name": "prices"}}',
        'ModelSpec(name="prices", version=Int64Value(value=3))',
        'model_spec { name: "prices" version { value: 3 } }',
        "spec = ModelSpec(name='prices', version=wrappers_pb2.Int64Value(value=3))",
    ],
)
def test_model_specs(text: str) -> None:
    assert _only(text) == ("prices", 3, None)


@pytest.mark.parametrize("key", ["version_label", "versionLabel"])
def test_labels_of_model_specs(key: str) -> None:
    text = f'{{"model_spec": {{"name": "prices", "{key}": "stable"}}}}'

    assert _only(text) == ("prices", None, "stable")


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "prices", "version": "1.2.0"}',
        '{"name": "prices", "version": 3}',
        'request.model_spec.name = "prices"\nassert answer.model_spec.version.value == 3\n',
        "request.model_spec.version.value = version",
        '{"model_spec": {"name": "prices"}}' + " " * 400 + '{"version": 3}',
    ],
)
def test_what_is_no_pinned_version_of_a_model_spec(text: str) -> None:
    assert not list(mentions(text))


def test_each_spec_has_its_own_version() -> None:
    specs = (
        f'{{"model_spec": {{"name": "{one}", "version": {at}}}}}' for at, one in enumerate("ab")
    )

    assert [(one.model, one.version) for one in mentions("\n".join(specs))] == [("a", 0), ("b", 1)]


def test_lines_and_verbs() -> None:
    text = "one\n/v1/models/m/versions/1:predict\n\n/v1/models/m/versions/2\n"

    assert list(mentions(text)) == [
        Mention(line=2, model="m", version=Version(1), asks=True),
        Mention(line=4, model="m", version=Version(2), asks=False),
    ]
