from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from uuid import uuid4

import pytest

from servegate.deadline import Deadline, DeadlineExceeded
from servegate.errors import Interrupted
from servegate.isolation.environment import scrubbed
from servegate.isolation.process import Child, Command, Exit, Limits
from tests.support.processes import alive, eventually, marked

PROJECT = Path(__file__).resolve().parents[2]
SOON = 30.0


def python(code: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-c", textwrap.dedent(code), *arguments)


def start(folder: Path, argv: tuple[str, ...], limits: Limits | None = None) -> Child:
    command = Command(argv=argv, directory=folder, limits=limits or Limits())
    return Child.start(command, folder=folder)


def run(folder: Path, argv: tuple[str, ...], limits: Limits | None = None) -> tuple[Exit, str]:
    with start(folder, argv, limits) as child:
        return child.wait(Deadline.after(SOON)), child.output()


def test_both_streams_and_the_exit_status_come_back(tmp_path: Path) -> None:
    end, output = run(tmp_path, python("import os; print('one', flush=True); os.write(2, b'two')"))
    assert (end, str(end)) == (Exit(status=0), "exit status 0")
    assert output == "one\ntwo"


@pytest.mark.parametrize("status", [1, 3, 127, 255])
def test_exit_status_is_forwarded(tmp_path: Path, status: int) -> None:
    assert run(tmp_path, python(f"raise SystemExit({status})"))[0] == Exit(status=status)


@pytest.mark.parametrize("name", ["SIGKILL", "SIGSEGV", "SIGTERM", "SIGABRT", "SIGPIPE"])
def test_a_death_by_signal_is_told_from_an_exit(tmp_path: Path, name: str) -> None:
    code = f"""
        import os, signal
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.kill(os.getpid(), signal.{name})
    """
    end, _ = run(tmp_path, python(code))
    assert end.status == -signal.Signals[name]
    assert str(end) == f"signal {name}"


def test_a_command_that_does_not_exist_is_told_apart(tmp_path: Path) -> None:
    end, _ = run(tmp_path, ("/nowhere/at-all",))
    assert "No such file" in end.not_started
    assert str(end).startswith("not started: ")


def test_output_is_bounded_and_may_be_anything(tmp_path: Path) -> None:
    code = "import os; os.write(1, b'x' * 300_000 + b'\\xff\\xfe end')"
    with start(tmp_path, python(code)) as child:
        child.wait(Deadline.after(SOON))
        assert child.output(limit=7) == "x\ufffd\ufffd end"
    assert child.output().endswith("\ufffd\ufffd end")


def test_standard_input_is_empty(tmp_path: Path) -> None:
    assert run(tmp_path, python("import sys; print(repr(sys.stdin.read()))"))[1] == "''\n"


def test_waiting_ends_with_the_deadline_and_with_cancellation(tmp_path: Path) -> None:
    with start(tmp_path, ("sleep", "60")) as child:
        with pytest.raises(DeadlineExceeded):
            child.wait(Deadline.after(0.05))
        deadline = Deadline.after(SOON)
        deadline.cancelled.set()
        with pytest.raises(Interrupted):
            child.wait(deadline)
        assert child.poll() is None


def test_leaving_the_context_ends_the_whole_group(tmp_path: Path) -> None:
    mark = uuid4().hex
    code = """
        import subprocess, sys, time
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", sys.argv[1]])
        print("ready", flush=True)
        time.sleep(60)
    """

    class Unforeseen(BaseException):
        pass

    def failing() -> None:
        with start(tmp_path, python(code, mark)) as child:
            assert eventually(lambda: child.output() == "ready\n")
            assert len(marked(mark)) == 3  # launcher, command, what it started
            raise Unforeseen

    with pytest.raises(Unforeseen):
        failing()
    assert marked(mark) == []


DAEMON = """
    import os, sys, time
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.closerange(0, 100)
            time.sleep(60)
        os._exit(0)
    os.wait()
    print("ready", flush=True)
"""


def test_a_daemon_that_left_the_group_dies_with_the_command(tmp_path: Path) -> None:
    mark = uuid4().hex
    assert run(tmp_path, python(DAEMON, mark))[0] == Exit(status=0)
    assert marked(mark) == []


def test_a_daemon_dies_when_the_child_is_stopped(tmp_path: Path) -> None:
    mark = uuid4().hex
    child = start(tmp_path, python(textwrap.dedent(DAEMON) + "time.sleep(60)", mark))
    with child:
        assert eventually(lambda: child.output() == "ready\n")
    assert marked(mark) == []


def test_stopping_twice_and_after_the_end_is_harmless(tmp_path: Path) -> None:
    child = start(tmp_path, ("sleep", "60"))
    child.stop()
    child.stop()
    assert child.poll() is not None


def test_a_stopped_process_is_ended_too(tmp_path: Path) -> None:
    mark = uuid4().hex
    code = "import os, signal; print('ready', flush=True); os.kill(os.getpid(), signal.SIGSTOP)"
    with start(tmp_path, python(code, mark)) as child:
        assert eventually(lambda: child.output() == "ready\n")
    assert marked(mark) == []


def test_nothing_is_left_when_the_gate_is_killed(tmp_path: Path) -> None:
    mark = uuid4().hex
    gate = f"""
        import sys, time
        from pathlib import Path
        from servegate.isolation.process import Child, Command
        argv = ("sh", "-c", "sleep 60 & sleep 60; true", "{mark}")
        child = Child.start(Command(argv=argv, directory=Path("/")), folder=Path(sys.argv[1]))
        print("ready", flush=True)
        time.sleep(60)
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(gate), str(tmp_path)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        assert eventually(lambda: len(marked(mark)) >= 2)
        process.kill()
    assert eventually(lambda: marked(mark) == [])


def test_nothing_is_left_when_the_launcher_is_told_to_end(tmp_path: Path) -> None:
    mark = uuid4().hex
    child = start(tmp_path, python("import time; print('ready', flush=True); time.sleep(60)", mark))
    with child:
        assert eventually(lambda: child.output() == "ready\n")
        os.kill(child._process.pid, signal.SIGTERM)
        assert eventually(lambda: marked(mark) == [])


def test_the_command_dies_with_a_killed_launcher(tmp_path: Path) -> None:
    with start(
        tmp_path, python("import os, time; print(os.getpid(), flush=True); time.sleep(60)")
    ) as child:
        assert eventually(lambda: child.output().endswith("\n"))
        pid = int(child.output())
        os.kill(child._process.pid, signal.SIGKILL)
        assert eventually(lambda: not alive(pid))


def test_memory_limit_ends_an_allocation_and_not_a_reservation(tmp_path: Path) -> None:
    code = """
        import mmap
        reserved = mmap.mmap(-1, 1 << 32, flags=mmap.MAP_SHARED | 0x4000)  # MAP_NORESERVE
        try:
            bytearray(1 << 30)
        except MemoryError:
            print("refused")
    """
    assert run(tmp_path, python(code), Limits(memory=256 << 20))[1] == "refused\n"


def test_file_size_limit(tmp_path: Path) -> None:
    end, _ = run(tmp_path, python("while True: print('x' * 4096)"), Limits(file_size=1 << 20))
    assert end.status != 0
    assert (tmp_path / "output").stat().st_size <= 1 << 20


def test_no_core_is_dumped(tmp_path: Path) -> None:
    code = "import resource; print(resource.getrlimit(resource.RLIMIT_CORE))"
    assert run(tmp_path, python(code))[1] == "(0, 0)\n"


def test_a_command_without_network_reaches_itself_only(tmp_path: Path) -> None:
    code = """
        import socket
        server = socket.create_server(("127.0.0.1", 0))
        socket.create_connection(server.getsockname(), timeout=5)
        print("loopback works")
        print([name for _, name in socket.if_nameindex() if name != "lo"])
        try:
            socket.create_connection(("192.0.2.1", 80), timeout=5)
        except OSError as error:
            print(error.strerror)
    """
    with start(tmp_path, python(code), Limits(network=False)) as child:
        assert child.wait(Deadline.after(SOON)) == Exit(status=0)
        if not child.network_closed:
            pytest.skip("this system does not allow network namespaces")
        assert child.output() == "loopback works\n[]\nNetwork is unreachable\n"


_WRITING = """
    import sys
    for place in sys.argv[1:]:
        try:
            open(place + "/written", "w").write("text")
            print("written")
        except OSError as error:
            print(error.strerror)
"""


@pytest.mark.parametrize("network", [True, False])
def test_a_command_writes_to_one_directory_only(tmp_path: Path, network: bool) -> None:  # noqa: FBT001
    own, other = tmp_path / "own", tmp_path / "other"
    own.mkdir()
    other.mkdir()
    places = (str(own), str(other), str(Path.home()))
    limits = Limits(network=network, writable=own)
    with start(own, (*python(_WRITING), *places), limits) as child:
        assert child.wait(Deadline.after(SOON)) == Exit(status=0)
        if not child.read_only:
            pytest.skip("this system does not allow mount namespaces")
        assert child.output() == "written\n" + 2 * "Read-only file system\n"
    assert not (other / "written").exists()
    (other / "still writable").write_text("for us")


def test_files_are_left_alone_where_nobody_asked(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    with start(own, (*python(_WRITING), str(tmp_path))) as child:
        child.wait(Deadline.after(SOON))
        assert child.read_only is False
        assert child.output() == "written\n"


def test_the_network_is_kept_where_nobody_asked(tmp_path: Path) -> None:
    with start(tmp_path, ("true",)) as child:
        child.wait(Deadline.after(SOON))
        assert child.network_closed is False


def test_a_setuid_program_gains_nothing(tmp_path: Path) -> None:
    code = "print([x for x in open('/proc/self/status') if x.startswith('NoNewPrivs')])"
    assert run(tmp_path, python(code))[1] == "['NoNewPrivs:\\t1\\n']\n"


def test_environment_is_an_allow_list(tmp_path: Path) -> None:
    given = {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "GITHUB_TOKEN": "secret-1",
        "INPUT_TOKEN": "secret-2",
        "ACTIONS_RUNTIME_TOKEN": "secret-3",
        "AWS_SECRET_ACCESS_KEY": "secret-4",
        "HTTPS_PROXY": "http://user:secret-5@proxy",
        "MY_THING": "secret-6",
    }
    command = Command(
        argv=("env",), directory=tmp_path, environment=scrubbed({"OWN": "1"}, source=given)
    )
    with Child.start(command, folder=tmp_path) as child:
        child.wait(Deadline.after(SOON))
        names = {line.partition("=")[0] for line in child.output().splitlines()}
    # Python sets LC_CTYPE in the C locale (PEP 538).
    assert names - {"LC_CTYPE"} == {"PATH", "LC_ALL", "OWN"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_childs_view_of_the_gates_environment_is_closed() -> None:
    gate = """
        import ctypes, os
        from pathlib import Path
        from servegate.isolation.shield import shield_this_process
        os.setgid(65534)
        os.setuid(65534)
        ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # the change of user has cleared it already
        print(Path("/proc/self/environ").stat().st_uid)
        shield_this_process()
        print(Path("/proc/self/environ").stat().st_uid)
    """
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(gate)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "65534\n0\n"
