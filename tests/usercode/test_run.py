"""Whatever a callable does, the gate goes on and can say what it was."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from pathlib import Path
from uuid import uuid4

import pytest

from servegate.deadline import Deadline
from servegate.errors import CannotTell, Interrupted
from servegate.findings import Location
from servegate.usercode.outcome import (
    Died,
    ImportFailed,
    Made,
    TimedOut,
    UserError,
    WrongResult,
)
from servegate.usercode.run import call
from tests.support.callables import Project, project
from tests.support.processes import marked

PYENV = Path.home() / ".pyenv" / "versions"


def interpreter(version: str) -> Path:
    """A Python of this version, from pyenv (whose shims on the PATH do not run) or the PATH."""
    every = sorted(PYENV.glob(f"{version}.*/bin/python"))
    found = shutil.which(f"python{version}")
    if found and not every:
        every = [Path(found)]
    if not every:
        pytest.skip(f"there is no Python {version} here")
    return every[0]


@pytest.fixture
def repo(tmp_path: Path) -> Project:
    return project(tmp_path)


def numbers(made: object) -> object:
    assert isinstance(made, Made)
    return made.tensors["x"].array.tolist()


def test_it_is_called_with_one_example_after_the_other(repo: Project) -> None:
    outcome = repo.encode(
        """
        def encode(raw):
            return {"x": [raw["n"] * 2.0]}
        """,
        {"n": 1},
        {"n": 2},
    )
    assert [numbers(outcome.results[number]) for number in (1, 2)] == [[2.0], [4.0]]
    assert (outcome.failure, outcome.batched) == (None, False)


def test_a_finding_can_point_at_its_line(repo: Project) -> None:
    outcome = repo.encode("import json\n\n\ndef encode(raw):\n    return {'x': raw}\n")
    assert outcome.location == Location(file="features.py", line=4)


DECORATED = """import functools
def deco(function):
    @functools.wraps(function)
    def wrapper(raw):
        return function(raw)
    return wrapper

@deco
def encode(raw): return {"x": raw}
"""
PARTIAL = """import functools


def base(key, raw): return {"x": raw}

encode = functools.partial(base, 1)
"""
INSTANCE = """class Encoder:
    def __init__(self): self.key = 1

    def __call__(self, raw): return {"x": raw}

encode = Encoder()
"""


@pytest.mark.parametrize(("code", "line"), [(DECORATED, 8), (PARTIAL, 4), (INSTANCE, 4)])
def test_the_line_is_that_of_what_the_user_wrote(repo: Project, code: str, line: int) -> None:
    outcome = repo.encode(code)
    assert outcome.location == Location(file="features.py", line=line)
    assert numbers(outcome.results[1]) == 1


def test_code_outside_the_repository_has_no_location(repo: Project) -> None:
    (outcome,) = repo.call("json:dumps").callables
    assert outcome.location is None
    assert outcome.failure is None


@pytest.mark.parametrize(
    "code",
    [
        "def encode(batch): return {'x': [[raw] for raw in batch]}",
        "def encode(examples): return [{'x': [raw]} for raw in examples]",
        "def encode(rows): return ({'x': [raw]} for raw in rows)",
        "def encode(a): return {'instances': [{'x': [raw]} for raw in a]}\nencode.batched=True",
    ],
)
def test_a_batched_callable_gets_all_examples_at_once(repo: Project, code: str) -> None:
    outcome = repo.encode(code, 5, 6, 7)
    assert outcome.batched
    assert [numbers(outcome.results[number]) for number in (1, 2, 3)] == [[5], [6], [7]]


def test_the_attribute_outweighs_the_name_of_the_parameter(repo: Project) -> None:
    outcome = repo.encode("def encode(rows): return {'x': rows}\nencode.batched = False", 5, 6)
    assert not outcome.batched
    assert numbers(outcome.results[2]) == 6


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("{'x': [1]}", "'x' has 1 rows for 2 examples"),
        ("{'x': 3}", "'x' has no batch axis; 2 examples were given"),
        ("[{'x': 1}, {'y': 1}]", "a list of rows in which row 2 has other names than row 1"),
    ],
)
def test_a_batch_that_does_not_fit_is_wrong(repo: Project, body: str, what: str) -> None:
    outcome = repo.encode(f"def encode(batch): return {body}", 1, 2)
    assert isinstance(outcome.failure, WrongResult)
    assert outcome.failure.what == what
    assert outcome.results == {}


def test_a_batch_that_raises_is_told_with_the_users_traceback(repo: Project) -> None:
    outcome = repo.encode("def encode(batch):\n    return batch['x']", 1, 2)
    assert isinstance(outcome.failure, UserError)
    assert outcome.failure.traceback.splitlines()[1].endswith('features.py", line 2, in encode')


def test_the_repository_comes_first_on_the_path_and_is_the_directory(repo: Project) -> None:
    # Names that our own folder and the standard library have as well.
    for name in ("worker", "run", "events", "tabnanny"):
        repo.write("WHO = 'the user'", name)
    (repo.repository / "vocab.txt").write_text("a\nb\n")
    outcome = repo.encode(
        """
        import events, run, tabnanny, worker
        WORDS = open("vocab.txt").read().split()
        def encode(raw):
            return {"x": [WORDS.index(raw), len({worker.WHO, run.WHO, events.WHO, tabnanny.WHO})]}
        """,
        "b",
    )
    assert numbers(outcome.results[1]) == [1, 1]


def test_nothing_is_written_beside_the_users_modules(repo: Project) -> None:
    repo.encode("def encode(raw): return {'x': raw}")
    assert [path.name for path in repo.repository.iterdir()] == ["features.py"]


def test_an_exception_is_the_users_own_traceback(repo: Project) -> None:
    outcome = repo.encode(
        """
        def look_up(word):
            return {"a": 1}[word]

        def encode(raw):
            return {"x": look_up(raw)}
        """,
        "a",
        "é\ud800",
        "a",
    )
    error = outcome.results[2]
    assert isinstance(error, UserError)
    lines = error.traceback.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[1].endswith('features.py", line 6, in encode')
    assert lines[-1].startswith("KeyError: ")
    assert "worker.py" not in error.traceback
    assert numbers(outcome.results[1]) == numbers(outcome.results[3]) == 1


@pytest.mark.parametrize("raised", ["SystemExit(0)", "KeyboardInterrupt()", "BaseException('x')"])
def test_what_is_no_exception_is_caught_as_well(repo: Project, raised: str) -> None:
    outcome = repo.encode(f"def encode(raw): raise {raised}", 1, 2)
    assert [type(outcome.results[number]) for number in (1, 2)] == [UserError, UserError]


def test_an_exception_whose_text_raises_or_is_endless(repo: Project) -> None:
    outcome = repo.encode(
        """
        class Odd(Exception):
            def __str__(self): raise ValueError
        def encode(raw):
            raise Odd() if raw else ValueError("x" * 10_000_000)
        """,
        1,
        0,
    )
    first, second = outcome.results[1], outcome.results[2]
    assert isinstance(first, UserError)
    assert isinstance(second, UserError)
    assert "Odd: <exception str() failed>" in first.traceback
    assert len(second.traceback) < 20_000


@pytest.mark.parametrize(
    ("function", "code", "said"),
    [
        ("nowhere:encode", "", "No module named 'nowhere'"),
        ("features:encod", "def encode(raw): pass", "'features' has no 'encod'. It has: encode."),
        ("features:encode", "encode = 3", "features:encode is a int, not a callable."),
        ("features:encode", "import nowhere", "No module named 'nowhere'"),
        ("features:encode", "def encode(raw) return", 'features.py", line 1'),
        ("features:encode", "raise SystemExit('no data')", "SystemExit: no data"),
    ],
)
def test_a_callable_that_does_not_import(
    repo: Project, function: str, code: str, said: str
) -> None:
    repo.write(code)
    (outcome,) = repo.call(function).callables
    assert isinstance(outcome.failure, ImportFailed)
    assert said in outcome.failure.traceback
    assert "worker.py" not in outcome.failure.traceback
    assert "importlib" not in outcome.failure.traceback


def test_a_callable_that_hangs_is_told_with_its_example(repo: Project) -> None:
    repo.write("import time\ndef encode(raw):\n    time.sleep(raw)\n    return {'x': raw}")
    (outcome,) = repo.call(examples=(0, 600), seconds=2.0).callables
    assert outcome.failure == TimedOut(example=2)
    assert list(outcome.results) == [1]


def test_an_import_that_hangs(repo: Project) -> None:
    repo.write("import time\ntime.sleep(600)")
    (outcome,) = repo.call(seconds=2.0).callables
    assert outcome.failure == TimedOut(example=None)


def test_a_callable_that_hangs_leaves_time_for_the_next(repo: Project) -> None:
    repo.write(
        """
        import time
        def hang(raw): time.sleep(600)
        def encode(raw): return {"x": raw}
        """
    )
    first, second = repo.call("features:hang", "features:encode", seconds=6.0).callables
    assert first.failure == TimedOut(example=1)
    assert numbers(second.results[1]) == 1


@pytest.mark.parametrize(
    ("death", "how"),
    [
        ("os._exit(3)", "exit status 3"),
        ("os._exit(0)", "exit status 0"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "signal SIGSEGV"),
        ("os.killpg(0, signal.SIGKILL)", "signal SIGKILL"),
        ("os.kill(os.getppid(), signal.SIGKILL)", "signal SIGKILL"),
    ],
)
def test_a_callable_that_ends_its_process(repo: Project, death: str, how: str) -> None:
    repo.write(
        f"""
        import os, signal, time
        def die(raw):
            if raw == 2:
                print("last words")
                {death}
                time.sleep(60)
            return {{"x": raw}}
        def encode(raw): return {{"x": raw}}
        """
    )
    outcome = repo.call("features:encode", "features:die", "features:encode", examples=(1, 2, 3))
    before, dead, after = outcome.callables
    assert dead.failure == Died(example=2, how=how)
    assert list(dead.results) == [1]
    assert before == after
    assert len(before.results) == 3
    assert "last words" in outcome.output


def test_an_import_that_ends_its_process(repo: Project) -> None:
    outcome = repo.encode("import os\nos._exit(7)")
    assert outcome.failure == Died(example=None, how="exit status 7")


def test_a_callable_that_prints_megabytes_and_closes_everything(repo: Project) -> None:
    repo.write(
        """
        import os, sys
        def encode(raw):
            for _ in range(20):
                print("x" * 1_000_000)
                sys.stderr.write("\\ud800\\n")
            os.write(1, b'{"event": "finished", "function": 0}\\n')
            os.closerange(0, 100)
            return {"x": raw}
        """
    )
    outcome = repo.call(examples=(1, 2))
    assert numbers(outcome.callables[0].results[1]) == 1
    assert len(outcome.output) < 40_000


def test_a_callable_that_forks_answers_once_and_leaves_nothing(repo: Project) -> None:
    mark = uuid4().hex
    outcome = repo.encode(
        f"""
        import os, subprocess, sys, time
        def encode(raw):
            subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "{mark}"],
                             start_new_session=True)
            os.fork()
            return {{"x": raw}}
        """,
        1,
        2,
    )
    assert [numbers(outcome.results[number]) for number in (1, 2)] == [1, 2]
    assert marked(mark) == []


def test_a_callable_that_starts_threads_which_never_end(repo: Project) -> None:
    outcome = repo.encode(
        """
        import threading, time
        def encode(raw):
            threading.Thread(target=time.sleep, args=(600,)).start()
            return {"x": raw}
        """
    )
    assert outcome.failure is None


def test_a_callable_that_allocates_without_end(repo: Project) -> None:
    repo.write(
        """
        def encode(raw):
            hoard = []
            while raw == 2:
                hoard.append(bytearray(10_000_000))
            return {"x": raw}
        """
    )
    (outcome,) = repo.call(examples=(1, 2, 3), memory_limit=300 << 20).callables
    error = outcome.results[2]
    assert isinstance(error, UserError)
    assert "MemoryError" in error.traceback
    assert numbers(outcome.results[3]) == 3


def test_a_callable_that_asks_for_input_or_arguments(repo: Project) -> None:
    outcome = repo.encode("import sys\nARGS = sys.argv[1:]\ndef encode(raw): return {'x': input()}")
    error = outcome.results[1]
    assert isinstance(error, UserError)
    assert "EOFError" in error.traceback


def test_a_callable_sees_no_secret(repo: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    outcome = repo.encode(
        """
        import os
        def encode(raw):
            return {"x": ["GITHUB_TOKEN" in os.environ, os.environ["PYTHONPATH"] == "/somewhere"]}
        """
    )
    assert numbers(outcome.results[1]) == [False, True]


def test_a_callable_has_no_network_and_the_outcome_says_so(repo: Project) -> None:
    repo.write(
        """
        import socket
        def encode(raw):
            return {"x": len(socket.if_nameindex())}
        """
    )
    outcome = repo.call()
    if not outcome.network_closed:
        pytest.skip("this system does not allow network namespaces")
    assert numbers(outcome.callables[0].results[1]) == 1


def test_a_result_file_that_was_tampered_with_is_no_crash(repo: Project) -> None:
    outcome = repo.encode(
        """
        import glob, os, tempfile
        def encode(raw):
            folder = os.path.dirname(tempfile.gettempdir())
            with open(folder + "/result", "a") as file:
                file.write('{"event": "made", "function": 99}\\n[[[[\\n')
            return {"x": raw}
        """
    )
    assert outcome.failure == Died(example=1, how="exit status 0")


def test_an_interpreter_that_is_none_is_no_verdict(repo: Project) -> None:
    repo.write("def encode(raw): return {'x': raw}")
    with pytest.raises(CannotTell, match=r"preprocessing\.python"):
        repo.call(python=Path("/nowhere/python"))
    with pytest.raises(CannotTell, match=r"preprocessing\.python"):
        repo.call(python=Path("/bin/true"))


def test_a_relative_interpreter_is_the_repositorys(repo: Project) -> None:
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(repo.repository / ".venv")], check=True
    )
    repo.write("import sys\ndef encode(raw): return {'x': [sys.prefix.endswith('/.venv')]}")
    (outcome,) = repo.call(python=Path(".venv/bin/python")).callables
    assert numbers(outcome.results[1]) == [True]


@pytest.mark.parametrize("version", ["3.8", "3.9", "3.10", "3.12", "3.13"])
def test_it_runs_in_the_users_own_python(repo: Project, version: str) -> None:
    repo.write(
        """
        import sys
        def encode(raw):
            return {"x": list(sys.version_info[:2]), "y": ["a", b"\\xff"], "z": {"b64": "AA=="}}
        def fail(raw): raise ValueError(raw)
        """
    )
    encode, fail = repo.call(
        "features:encode", "features:fail", python=interpreter(version)
    ).callables
    assert numbers(encode.results[1]) == [int(part) for part in version.split(".")]
    assert isinstance(fail.results[1], UserError)
    assert fail.results[1].traceback.splitlines()[-1] == "ValueError: 1"


def test_a_python_that_is_too_old_is_no_verdict(repo: Project) -> None:
    with pytest.raises(CannotTell, match=r"Python 3\.8 or newer"):
        repo.call(python=interpreter("2.7"))


def test_it_ends_when_the_run_is_cancelled(repo: Project) -> None:
    mark = uuid4().hex
    repo.write(f"import time\ndef encode(raw): time.sleep(600)  # {mark}")
    deadline = Deadline.after(60)
    threading.Timer(0.5, deadline.cancelled.set).start()
    with pytest.raises(Interrupted):
        call(
            ("features:encode",),
            (1,),
            repository=repo.repository,
            workspace=repo.workspace,
            deadline=deadline,
        )
    assert marked(str(repo.workspace)) == []
