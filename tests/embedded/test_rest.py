"""The REST API over tiny models."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.support.embedded import EmbeddedServer, model_config, one_model
from tests.support.tinymodels import (
    CLASSIFY,
    REGRESS,
    Graph,
    Signature,
    write_model,
    write_saved_model,
)


def write_strange(directory: Path) -> None:
    """Signatures whose answers are of other types, or fail."""
    graph = Graph()
    text = graph.placeholder("text", "string", (None,))
    small = graph.placeholder("small", "int8", (None,))
    x = graph.placeholder("x", "float32", None)
    table = graph.const("table", [10.0, 20.0])
    index = graph.placeholder("index", "int32", (None,))
    axis = graph.const("axis", 0, "int32")
    found = graph.op(
        "GatherV2",
        "found",
        [table, index, axis],
        dtype="float32",
        shape=(None,),
        Tparams="float32",
        Tindices="int32",
        Taxis="int32",
    )
    examples = graph.placeholder("examples", "string", (None,))
    size = graph.op("StringLength", "size", [examples], dtype="int32", shape=(None,))
    scores = graph.op("Cast", "scores", [size], dtype="float32", SrcT="int32", DstT="float32")
    column = graph.op(
        "ExpandDims",
        "column",
        [scores, graph.const("one", 1, "int32")],
        dtype="float32",
        T="float32",
        Tdim="int32",
    )
    signatures = [
        Signature(key="text", inputs={"t": text}, outputs={"t": graph.identity(text, name="t")}),
        Signature(
            key="binary", inputs={"t": text}, outputs={"t_bytes": graph.identity(text, name="b")}
        ),
        Signature(key="small", inputs={"n": small}, outputs={"n": graph.identity(small, name="n")}),
        Signature(key="any", inputs={"x": x}, outputs={"y": graph.identity(x, name="y")}),
        Signature(key="lookup", inputs={"i": index}, outputs={"y": found}),
        Signature(
            key="two",
            inputs={"x": x, "i": index},
            outputs={"x": graph.identity(x, name="x2"), "i": graph.identity(index, name="i2")},
        ),
        Signature(
            key="classify", method=CLASSIFY, inputs={"inputs": examples}, outputs={"scores": column}
        ),
        Signature(
            key="regress", method=REGRESS, inputs={"inputs": examples}, outputs={"outputs": scores}
        ),
    ]
    write_saved_model(directory, graph, signatures)


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[EmbeddedServer]:
    write_model(folder / "line" / "1", weight=2, bias=1)
    write_model(folder / "line" / "2", weight=3, bias=1)
    write_strange(folder / "strange" / "1")
    config = model_config(
        folder,
        f'name: "line" base_path: "{folder}/line" model_version_policy {{ all {{}} }} '
        'version_labels { key: "stable" value: 1 } version_labels { key: "next" value: 9 }',
        f'name: "strange" base_path: "{folder}/strange"',
    )
    flags = (config, "--allow_version_labels_for_unavailable_models=true")
    with EmbeddedServer(folder, *flags) as server:
        yield server.opened()


def error_of(server: EmbeddedServer, path: str, document: object, status: int = 400) -> str:
    answer = server.post(path, document)
    assert answer.status == status, answer.body
    return str(answer.json["error"])


def test_status_lists_the_newest_version_first(server: EmbeddedServer) -> None:
    answer = server.get("/line")
    assert answer.status == 200
    assert [one["version"] for one in answer.json["model_version_status"]] == ["2", "1"]
    assert answer.json["model_version_status"][0] == {
        "version": "2",
        "state": "AVAILABLE",
        "status": {"error_code": "OK", "error_message": ""},
    }


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        ("/nope", 404, "Could not find any versions of model nope"),
        ("/line/versions/7", 404, "Could not find version 7 of model line"),
        ("/nope/metadata", 404, "Servable not found for request: Latest(nope)"),
        ("/line/labels/nope/metadata", 400, "Unrecognized servable version label: nope"),
        ("/line/", 400, "Malformed request: GET /v1/models/line/"),
        ("/line?x=1", 404, "Could not find any versions of model line?x=1"),
        ("", 400, "Missing model name in request."),
    ],
)
def test_looks_that_fail(server: EmbeddedServer, path: str, status: int, error: str) -> None:
    answer = server.get(path)
    assert (answer.status, answer.json["error"]) == (status, error)


def test_status_ignores_a_label(server: EmbeddedServer) -> None:
    assert server.get("/line/labels/nope").body == server.get("/line").body


def test_metadata_names_the_version_and_the_signatures(server: EmbeddedServer) -> None:
    metadata = server.get("/line/metadata").json
    assert metadata["model_spec"] == {"name": "line", "version": "2", "signature_name": ""}
    signature = metadata["metadata"]["signature_def"]["signature_def"]["serving_default"]
    assert signature["inputs"]["x"]["dtype"] == "DT_FLOAT"
    assert [one["size"] for one in signature["inputs"]["x"]["tensor_shape"]["dim"]] == ["-1", "1"]


@pytest.mark.parametrize("path", ["/", "/v1", "/v2/models/line", "/monitoring"])
def test_other_paths_are_a_page(server: EmbeddedServer, path: str) -> None:
    answer = server.ask("GET", path)
    assert answer.status == 404
    assert answer.body.startswith(b"<HTML>")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_predict_is_a_post(server: EmbeddedServer, method: str) -> None:
    answer = server.ask(method, "/v1/models/line:predict", b"{}")
    assert answer.status == 400
    assert answer.json["error"] == f"Malformed request: {method} /v1/models/line:predict"


def test_rows_and_columns(server: EmbeddedServer) -> None:
    rows = server.post("/line:predict", {"instances": [[1.0], [2.5]]})
    assert rows.body == b'{\n    "predictions": [[4.0], [8.5]\n    ]\n}'
    named = server.post("/line:predict", {"instances": [{"x": [1.0]}, {"x": [2.5]}]})
    assert named.body == rows.body
    columns = server.post("/line:predict", {"inputs": {"x": [[1]]}})
    assert columns.body == (b'{\n    "outputs": [\n        [\n            4.0\n        ]\n    ]\n}')


def test_versions_and_labels(server: EmbeddedServer) -> None:
    ask = {"instances": [1.0]}
    assert server.post("/line/versions/1:predict", ask).json == {"predictions": [3.0]}
    assert server.post("/line/labels/stable:predict", ask).json == {"predictions": [3.0]}
    missing = error_of(server, "/line/labels/next:predict", ask, 404)
    assert missing == "Servable not found for request: Specific(line, 9)"
    assert server.ask("POST", f"/v1/models/line/versions/{2**64}:predict", b"{}").body == b""


WRONG: dict[str, tuple[object, str]] = {
    "nothing": ({}, "Missing 'inputs' or 'instances' key"),
    "no object": ([1], "JSON Value: [1] Is not object"),
    "both": (
        {"instances": [], "inputs": 1},
        (
            """JSON Value: {\n    "instances": [],\n    "inputs": 1\n} Not formatted correctly """
            """expecting only one of 'inputs' or 'instances' keys to exist """
        ),
    ),
    "signature": (
        {"signature_name": "nope", "instances": [1]},
        'Serving signature name: "nope" not found in signature def',
    ),
    "type": (
        {"instances": ["a"]},
        (
            """Failed to process element: 0 of 'instances' list. Error: INVALID_ARGUMENT: """
            """JSON Value: "a" Type: String is not of expected type: float"""
        ),
    ),
    "ragged": (
        {"instances": [[1], [1, 2]]},
        (
            """Failed to process element: 1 of 'instances' list. Error: INVALID_ARGUMENT: """
            """Expecting tensor size: 1 but got: 2"""
        ),
    ),
    "ragged columns": (
        {"inputs": [[1], [1, 2]]},
        "Encountered list at unexpected size: 2 at level: 1 expected size: 1",
    ),
    "name": ({"inputs": {"z": [1]}}, "Missing named input: x in 'inputs' object."),
}


@pytest.mark.parametrize("case", WRONG)
def test_requests_that_are_wrong(server: EmbeddedServer, case: str) -> None:
    document, error = WRONG[case]
    assert error_of(server, "/line:predict", document) == error


def test_an_input_that_a_row_names_twice_counts_once(server: EmbeddedServer) -> None:
    body = b'{"instances": [{"x": 1, "x": 5}, {"x\\u0000y": 2}]}'
    answer = server.ask("POST", "/v1/models/line:predict", body)
    # The values follow one another, and what is too many falls off the end.
    assert answer.json == {"predictions": [4.0, 16.0]}


@pytest.mark.parametrize(
    ("origin", "status"), [("http://a.example", 200), ("a.example", 400), (None, 400)]
)
def test_a_browser_may_ask_first(server: EmbeddedServer, origin: str | None, status: int) -> None:
    headers = {"Origin": origin} if origin else {}
    connection = HTTPConnection("127.0.0.1", server.rest_port, timeout=30)
    connection.request("OPTIONS", "/v1/models/line:predict", headers=headers)
    response = connection.getresponse()
    assert (response.status, response.read()) == (status, b"")
    connection.close()


def test_small_and_capital_letters(server: EmbeddedServer) -> None:
    assert server.ask("GET", "/V1/Models/line").body == server.get("/line").body
    assert server.get("/line/METADATA").body == server.get("/line").body
    assert server.ask("POST", "/v1/models/line:Predict", b"{}").json == {
        "error": "Malformed request: POST /v1/models/line:Predict"
    }


def test_a_label_is_unescaped(server: EmbeddedServer) -> None:
    ask = {"instances": [1.0]}
    assert server.post("/line/labels/st%61ble:predict", ask).json == {"predictions": [3.0]}


def test_a_packed_body_is_unpacked(server: EmbeddedServer) -> None:
    packed = gzip.compress(b'{"instances": [1]}')
    for body, status in ((packed, 200), (packed[:-9], 400), (b"{}", 400)):
        connection = HTTPConnection("127.0.0.1", server.rest_port, timeout=30)
        headers = {"Content-Encoding": "gzip"}
        connection.request("POST", "/v1/models/line:predict", body, headers)
        assert connection.getresponse().status == status
        connection.close()


def test_integers_wrap_and_must_be_written_as_such(server: EmbeddedServer) -> None:
    ask = {"signature_name": "small", "instances": [127, 128, -129]}
    assert server.post("/strange:predict", ask).json == {"predictions": [127, -128, 127]}
    ask = {"signature_name": "small", "instances": [1.0]}
    assert "JSON Value: 1.0 Type: Number" in error_of(server, "/strange:predict", ask)


def test_scalars_only_by_columns(server: EmbeddedServer) -> None:
    ask = {"signature_name": "any", "inputs": 0.1}
    assert server.post("/strange:predict", ask).body == b'{\n    "outputs": 0.1\n}'


def test_not_a_number_travels_both_ways(server: EmbeddedServer) -> None:
    body = b'{"signature_name": "any", "instances": [NaN, Infinity, -Inf]}'
    answer = server.ask("POST", "/v1/models/strange:predict", body)
    assert answer.body == b'{\n    "predictions": [NaN, Infinity, -Infinity\n    ]\n}'


def test_names_that_are_no_text_are_repeated_as_they_are(server: EmbeddedServer) -> None:
    assert b'of model \xff\x41"' in server.get("/%FF%41").body
    assert b'label: \xfe"' in server.get("/line/labels/%FE/metadata").body


def test_a_feature_that_is_no_text_is_one_more_that_is_not_asked_for(
    server: EmbeddedServer,
) -> None:
    body = b'{"signature_name": "regress", "examples": [{"a": 1.0}, {"a": 1.0, "\xff": [true]}]}'
    first, second = server.ask("POST", "/v1/models/strange:regress", body).json["results"]
    assert first < second  # the model measures examples


def test_a_server_with_one_thread_for_http_never_answers(tmp_path: Path) -> None:
    write_model(tmp_path / "m" / "1")
    flags = (*one_model(tmp_path / "m"), "--rest_api_num_threads=1")
    with EmbeddedServer(tmp_path, *flags) as server:
        server.opened()
        assert server.ask("GET", "/").status == 404  # libevent's own page
        with pytest.raises(TimeoutError):
            server.ask("GET", "/v1/models/m", patience=1)


def test_bytes_that_are_no_text(server: EmbeddedServer) -> None:
    body = b'{"signature_name": "text", "instances": ["\xff\xfe", {"b64": "/wA="}]}'
    answer = server.ask("POST", "/v1/models/strange:predict", body)
    assert answer.body == b'{\n    "predictions": ["\xff\xfe", "\xff\\u0000"\n    ]\n}'
    ask = {"signature_name": "binary", "inputs": [{"b64": "/wA="}]}
    assert server.post("/strange:predict", ask).json == {"outputs": [{"b64": "/wA="}]}


def test_several_outputs_are_named(server: EmbeddedServer) -> None:
    rows: list[object] = [{"x": 1.5, "i": 0}, {"x": 2.5, "i": 1}]
    ask: dict[str, object] = {"signature_name": "two", "instances": rows}
    assert server.post("/strange:predict", ask).json == {"predictions": rows}
    ask = {"signature_name": "two", "instances": [1.5]}
    assert "expecting list of objects" in error_of(server, "/strange:predict", ask)


def test_examples_are_classified_and_regressed(server: EmbeddedServer) -> None:
    examples = [{"word": "ab"}, {"word": ["ab", "c"], "n": 1}]
    ask: dict[str, object] = {"signature_name": "regress", "examples": examples}
    sizes = server.post("/strange:regress", ask).json["results"]
    assert sizes[0] < sizes[1]
    ask = {"signature_name": "classify", "examples": examples, "context": {"w": 0.5}}
    results = server.post("/strange:classify", ask).json["results"]
    assert [[label for label, _ in row] for row in results] == [[""], [""]]
    assert results[0][0][1] > sizes[0]
    ask = {"signature_name": "classify", "examples": [{"word": ["a", 1]}]}
    error = error_of(server, "/strange:classify", ask)
    assert error == "Unexpected element type in feature: word expecting type: bytes"


def test_a_request_that_fails_in_the_graph_harms_nobody(server: EmbeddedServer) -> None:
    ask = {"signature_name": "lookup", "instances": [7]}
    assert "indices[0] = 7 is not in [0, 2)" in error_of(server, "/strange:predict", ask)
    ask = {"signature_name": "lookup", "instances": [1]}
    assert server.post("/strange:predict", ask).json == {"predictions": [20.0]}


def test_hostile_bodies_get_an_answer(server: EmbeddedServer) -> None:
    for body in (
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\x00",
        b"\xff" * 1000,
        b'{"inputs":' + b"9" * 10_000,
    ):
        answer = server.ask("POST", "/v1/models/line:predict", body)
        assert answer.status == 400
        assert "error" in answer.json
    assert server.predict("line", 1) == [4.0]


def test_a_large_body_is_answered(server: EmbeddedServer) -> None:
    rows = [float(number) for number in range(300_000)]
    assert server.predict("line", *rows)[-1] == 3 * 299_999 + 1


def test_answers_in_parallel_are_not_mixed_up(server: EmbeddedServer) -> None:
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda number: server.predict("line", number), range(400)))
    assert answers == [[3.0 * number + 1] for number in range(400)]


def test_what_follows_the_document_is_ignored(server: EmbeddedServer) -> None:
    body = json.dumps({"instances": [1]}).encode() + b" } trailing"
    assert server.ask("POST", "/v1/models/line:predict", body).status == 200
