"""What a callable may return, and the arrays that become of it."""

from __future__ import annotations

import numpy as np
import pytest

from servegate.usercode.outcome import Made, UserError, Value, WrongResult
from tests.support.callables import Project, project

PREAMBLE = """
import collections, dataclasses, numpy as np
np32 = np.float32

@dataclasses.dataclass
class Row:
    x: list

Pair = collections.namedtuple("Pair", "x y")

class Encoding(collections.UserDict):
    pass
"""


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return project(tmp_path_factory.mktemp("results"))


def returned(repo: Project, expression: str, preamble: str = PREAMBLE) -> object:
    outcome = repo.encode(f"{preamble}\ndef encode(raw):\n    return {expression}\n")
    assert outcome.failure is None
    return outcome.results[1]


def made(repo: Project, expression: str, preamble: str = PREAMBLE) -> dict[str, Value]:
    result = returned(repo, expression, preamble)
    assert isinstance(result, Made), result
    return dict(result.tensors)


CASES = [
    ("{'x': [1.5, 2]}", "float64", [1.5, 2.0], True),
    ("{'x': [[1, 2], [3, 4]]}", "int64", [[1, 2], [3, 4]], True),
    ("{'x': 7}", "int64", 7, True),
    ("{'x': 2**64 - 1}", "uint64", 2**64 - 1, True),
    ("{'x': [True, False]}", "bool", [True, False], True),
    ("{'x': 1 + 2j}", "complex128", 1 + 2j, True),
    ("{'x': []}", "float64", [], True),
    ("{'x': 'é'}", "object", "é".encode(), True),
    ("{'x': ['a', b'\\xff\\x00']}", "object", [b"a", b"\xff\x00"], True),
    ("{'x': '\\ud800'}", "object", b"\xed\xa0\x80", True),
    ("{'x': (1, 2)}", "int64", [1, 2], True),
    ("{'x': float('nan')}", "float64", float("nan"), True),
    ("{'x': np.arange(3, dtype='i2')}", "int16", [0, 1, 2], False),
    ("{'x': np.array([1, 2], '>f4')}", "float32", [1.0, 2.0], False),
    ("{'x': np.arange(6).reshape(2, 3).T}", "int64", [[0, 3], [1, 4], [2, 5]], False),
    ("{'x': np32(1.5)}", "float32", 1.5, False),
    ("{'x': np.float16([1, 2])}", "float16", [1.0, 2.0], False),
    ("{'x': np.array(['a', 'bc'])}", "object", [b"a", b"bc"], False),
    ("{'x': np.array([b'a', 'b'], object)}", "object", [b"a", b"b"], False),
    ("{'x': np.zeros((0, 3), 'i8')}", "int64", np.zeros((0, 3)), False),
    ("{'x': [np32(1.5), np32(2)]}", "float64", [1.5, 2.0], True),
    ("{'x': [np.arange(2), np.arange(2)]}", "int64", [[0, 1], [0, 1]], True),
    ("{'x': (n for n in [1, 2])}", "int64", [1, 2], True),
    ("{'x': range(3).__iter__()}", "int64", [0, 1, 2], True),
    ("{'x': {'b64': '/wA='}}", "object", b"\xff\x00", True),
    ("Row([1.0])", "float64", [1.0], True),
    ("Encoding(x=[1])", "int64", [1], True),
    ("collections.OrderedDict(x=[1])", "int64", [1], True),
    ("[{'x': 1}, {'x': 2}]", "int64", [1, 2], True),
    ("{'instances': [{'x': [1]}, {'x': [2]}]}", "int64", [[1], [2]], True),
    ("{'signature_name': 's', 'inputs': {'x': [1]}}", "int64", [1], True),
]


def test_what_becomes_of_every_kind_of_value(repo: Project) -> None:
    table = ", ".join(f"lambda: {case[0]}" for case in CASES)
    code = f"{PREAMBLE}\nTABLE = [{table}]\ndef encode(raw): return TABLE[raw]()\n"
    results = repo.encode(code, *range(len(CASES))).results
    for number, (expression, dtype, expected, native) in enumerate(CASES, 1):
        result = results[number]
        assert isinstance(result, Made), (expression, result)
        value = result.tensors["x"]
        assert (value.array.dtype.name, value.python_native) == (dtype, native), expression
        np.testing.assert_array_equal(value.array, np.asarray(expected, dtype), expression)
        assert result.named


@pytest.mark.parametrize(
    "expression", ["[1, 2]", "np.array([1, 2])", "{'instances': [1, 2]}", "iter([1, 2])"]
)
def test_one_value_needs_no_name(repo: Project, expression: str) -> None:
    result = returned(repo, expression)
    assert isinstance(result, Made)
    assert not result.named
    assert result.tensors[""].array.tolist() == [1, 2]


def test_bytes_in_a_rest_body_without_names(repo: Project) -> None:
    result = returned(repo, "{'instances': [{'b64': '/w=='}, {'b64': 'AA=='}]}")
    assert isinstance(result, Made)
    assert result.tensors[""].array.tolist() == [b"\xff", b"\x00"]


def test_names_may_be_strange(repo: Project) -> None:
    assert set(made(repo, "Pair(1, 2)")) == {"x", "y"}
    strange = "{'\\ud800': 1, '<script>': 2, 'n' * 10_000: 3, 'a\\nb': 4, '': 5}"
    assert set(made(repo, strange)) == {"\ud800", "<script>", "n" * 10_000, "a\nb", ""}


WRONG = [
    ("None", "the value holds NoneType"),
    ("{}", "an empty dict"),
    ("{1: 2}", "a dict with the key 1, which is no name"),
    ("{'x': [[1], [2, 3]]}", "'x' is ragged: its lists differ in length or depth"),
    ("{'x': [1, [2]]}", "'x' is ragged: its lists differ in length or depth"),
    ("{'x': [1, 'a']}", "'x' holds int and str"),
    ("{'x': object()}", "'x' holds object"),
    ("{'x': {1, 2}}", "'x' holds set"),
    ("{'x': {'y': 1}}", "'x' holds dict"),
    ("{'x': 2**64}", "'x' holds integers of more than 64 bits"),
    ("{'x': np.longdouble(1)}", "'x' is an array of float128, which TensorFlow has no dtype for"),
    ("{'x': np.array('2020', 'M8')}", "'x' is an array of datetime64[Y], which TensorFlow has no"),
    ("{'x': np.zeros(1, 'i4,f4')}", "'x' is an array of [('f0', '<i4'), ('f1', '<f4')], which Te"),
    ("{'x': np.array([None])}", "'x' holds NoneType"),
    ("{'x': np.zeros(100_000_000, 'u1')}", "'x' has 100000000 bytes; at most 67108864 are taken"),
    ("{'x': 'a' * 100_000_000}", "'x' has 100000000 bytes; at most 67108864 are taken"),
    ("[{'x': 1}, {'y': 1}]", "a list of rows in which row 2 has other names than row 1"),
    ("coroutine()", "the value is a coroutine: the callable must not be async"),
]


def test_what_is_no_tensor_is_told(repo: Project) -> None:
    table = ", ".join(f"lambda: {expression}" for expression, _ in WRONG)
    code = (
        f"{PREAMBLE}\nasync def coroutine(): pass\n"
        f"TABLE = [{table}]\ndef encode(raw): return TABLE[raw]()\n"
    )
    results = repo.encode(code, *range(len(WRONG))).results
    for number, (expression, what) in enumerate(WRONG, 1):
        result = results[number]
        assert isinstance(result, WrongResult), (expression, result)
        assert result.what.startswith(what), expression
        assert result.expected == "a dict of tensors by name, or one tensor"


def test_a_result_that_raises_when_it_is_read_is_the_users_error(repo: Project) -> None:
    assert isinstance(returned(repo, "{'x': (1 / 0 for _ in 'a')}"), UserError)
    cycle = "{'x': (lambda a: a.append(a) or a)([])}"
    assert isinstance(returned(repo, cycle), UserError)


def test_small_floats_keep_their_type(repo: Project) -> None:
    values = made(repo, "{'x': np.array([1.5], ml_dtypes.bfloat16)}", PREAMBLE + "import ml_dtypes")
    assert values["x"].array.dtype.name == "bfloat16"
    assert float(values["x"].array[0]) == 1.5


def test_pandas_is_known_by_its_attributes(repo: Project) -> None:
    # pandas is not among the gate's own packages; these have what is used of it.
    repo.write(
        """
        import numpy as np

        class Series:
            def __init__(self, values, index):
                self.values, self.index = values, index
            def to_numpy(self):
                return np.asarray(self.values)
            def to_dict(self):
                return dict(zip(self.index, self.values))

        class DataFrame:
            def __init__(self, **columns):
                self.data, self.columns = columns, list(columns)
            def __getitem__(self, name):
                return Series(self.data[name], range(2))
            def to_dict(self):
                raise AssertionError("by row, not by column")
        """,
        "pandas",
    )
    frame = made(repo, "pd.DataFrame(x=[1, 2], y=['a', 'b'])", "import pandas as pd")
    assert frame["x"].array.tolist() == [1, 2]
    assert frame["y"].array.tolist() == [b"a", b"b"]
    row = made(repo, "pd.Series([1, 2.5], ['x', 'y'])", "import pandas as pd")
    assert {name: value.array.item() for name, value in row.items()} == {"x": 1, "y": 2.5}
    column = returned(repo, "pd.Series([1, 2], [0, 1])", "import pandas as pd")
    assert isinstance(column, Made)
    assert column.tensors[""].array.tolist() == [1, 2]


def test_tensorflow_is_known_by_its_attributes(repo: Project) -> None:
    preamble = """
import tensorflow as tf

@tf.function
def graph(raw):
    return {"x": tf.constant([[1.5]], tf.bfloat16), "s": tf.constant([b"a", b"\\xff"])}

def message(raw):
    return tf.train.Example(
        features=tf.train.Features(
            feature={"f": tf.train.Feature(float_list=tf.train.FloatList(value=[1.0]))}
        )
    )

def request(raw):
    from tensorflow_serving.apis import predict_pb2
    made = predict_pb2.PredictRequest()
    made.inputs["x"].CopyFrom(tf.make_tensor_proto([1, 2], tf.int32))
    return made

def ragged(raw):
    return {"x": tf.ragged.constant([[1], [2, 3]])}
"""
    repo.write(preamble)
    names = ("graph", "message", "request", "ragged")
    outcomes = repo.call(*(f"features:{name}" for name in names)).callables
    assert outcomes[0].location is not None
    assert outcomes[0].location.line == 4
    graph, message, request, ragged = (outcome.results[1] for outcome in outcomes)
    assert isinstance(graph, Made)
    assert graph.tensors["x"].array.dtype.name == "bfloat16"
    assert graph.tensors["s"].array.tolist() == [b"a", b"\xff"]
    assert isinstance(message, Made)
    assert b"f" in message.tensors[""].array.item()
    assert isinstance(request, Made)
    assert request.tensors["x"].array.dtype == np.int32
    assert isinstance(ragged, WrongResult)
