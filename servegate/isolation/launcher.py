"""Runs one command for the gate, and sees to it that nothing of it outlives the gate.

Started by path with `python -I -S launcher.py SETTINGS COMMAND…`; it needs only the standard
library of Python 3.8. SETTINGS is JSON: `report` (a file to write to), `network` (whether the
command may keep it), `writable` (the one directory that it may write to, or null for no such
limit), `memory` and `file_size` (bytes, or null).

The command gets a session of its own. Standard input is the lifeline: the gate holds the other end
of that pipe and writes nothing, so end of file means that the gate is gone or wants an end; even
SIGKILL of the gate closes it. The launcher is the subreaper of all that the command starts: what
leaves the command's process group and loses its parent becomes a child of the launcher and dies
with the rest. The launcher ends as the command ended: same exit status, or same signal.
"""

# pathlib would cost more than all the rest of the start.
# ruff: noqa: PTH112, PTH123, PTH208
from __future__ import annotations

import ctypes
import fcntl
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NoReturn

LIFELINE = 0
NOT_STARTED = 127
SWEEP_SECONDS = 5.0

# From linux/prctl.h, linux/sched.h, linux/mount.h, linux/fcntl.h and linux/sockios.h.
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
MOUNT_ATTR_RDONLY = 0x1
AT_FDCWD, AT_RECURSIVE = -100, 0x8000
MOUNT_SETATTR = 442  # the same number on all architectures since Linux 5.12
SIOCGIFFLAGS = 0x8913
SIOCSIFFLAGS = 0x8914
IFF_UP = 0x1

ENDINGS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

libc = ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, value: int) -> None:
    """Sets a process attribute; systems other than Linux have no `prctl` and go without."""
    if hasattr(libc, "prctl"):
        libc.prctl(option, value, 0, 0, 0)


def _raise_loopback() -> None:
    """A new network namespace has its loopback device down; local sockets need it up."""
    request = struct.pack("16sH14x", b"lo", 0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        answer = fcntl.ioctl(channel, SIOCGIFFLAGS, request)
        flags = struct.unpack("16sH14x", answer)[1] | IFF_UP
        fcntl.ioctl(channel, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags))


def _map_to_oneself(user: int, group: int) -> None:
    """In a new user namespace one is nobody until the own ids are mapped."""
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with open("/proc/self/" + name, "w") as file:
            file.write(text)


def enter_namespaces(flags: int) -> bool:
    """Moves this process into new namespaces; False where the system forbids it."""
    if not flags or not hasattr(libc, "unshare"):
        return False
    user, group = os.getuid(), os.getgid()
    if libc.unshare(flags) != 0:
        if libc.unshare(CLONE_NEWUSER | flags) != 0:
            return False
        # Without a map the command runs as "nobody", with the same rights on files.
        with suppress(OSError):
            _map_to_oneself(user, group)
    return True


def close_network() -> bool:
    """Leaves this process an empty network; False where the system forbids it."""
    if not enter_namespaces(CLONE_NEWNET):
        return False
    with suppress(OSError):
        _raise_loopback()
    return True


def close_files(writable: str) -> bool:
    """Makes everything but one directory read-only; False where the system forbids it."""
    if not enter_namespaces(CLONE_NEWNS):
        return False
    place = os.fsencode(writable)
    return (
        libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None) == 0
        and libc.mount(place, place, None, MS_BIND, None) == 0
        and _set_mount(b"/", AT_RECURSIVE, MOUNT_ATTR_RDONLY, 0)
        and _set_mount(place, 0, 0, MOUNT_ATTR_RDONLY)
    )


def _set_mount(place: bytes, flags: int, added: int, removed: int) -> bool:
    attributes = struct.pack("4Q", added, removed, 0, 0)
    return bool(
        libc.syscall(MOUNT_SETATTR, AT_FDCWD, place, flags, attributes, len(attributes)) == 0
    )


def _limit(which: int, value: int | None) -> None:
    if value is not None:
        hard = resource.getrlimit(which)[1]
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (bound, bound))


def _become(command: list[str], settings: dict[str, Any], parent: int) -> NoReturn:
    """Turns the forked process into the command; reports what was possible, and a failure."""
    report = os.open(settings["report"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.setsid()
        # The network first: a second user namespace could not map what the first one has not.
        closed = not settings["network"] and close_network()
        read_only = settings["writable"] is not None and close_files(settings["writable"])
        # After the namespaces: a change of credentials clears it.
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(NOT_STARTED)
        # A setuid program (sudo on a hosted runner asks no password) gains nothing from now on.
        _prctl(PR_SET_NO_NEW_PRIVS, 1)
        _limit(resource.RLIMIT_CORE, 0)
        # Not RLIMIT_AS: TensorFlow and thread arenas reserve far more addresses than they use.
        _limit(resource.RLIMIT_DATA, settings["memory"])
        _limit(resource.RLIMIT_FSIZE, settings["file_size"])
        for ignored_by_python in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(ignored_by_python, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), LIFELINE)
        os.write(
            report, json.dumps({"network_closed": closed, "read_only": read_only}).encode() + b"\n"
        )
        os.execvp(command[0], command)  # noqa: S606 (no shell is the point)
    except (OSError, ValueError) as error:
        os.write(report, json.dumps({"not_started": str(error)}).encode() + b"\n")
    os._exit(NOT_STARTED)


def _children() -> Iterator[int]:
    """The processes whose parent is this one."""
    own = str(os.getpid()).encode()
    for name in os.listdir("/proc") if os.path.isdir("/proc/self") else ():
        if name.isdigit():
            try:
                with open("/proc/" + name + "/stat", "rb") as file:
                    # "pid (name) state parent …"; a name may hold spaces and parentheses.
                    parent = file.read().rpartition(b")")[2].split()[1]
            except (OSError, IndexError):
                continue
            if parent == own:
                yield int(name)


def _kill(pid: int) -> None:
    with suppress(OSError):
        os.kill(pid, signal.SIGKILL)


def _reap() -> bool:
    """Collects the dead; True as long as children are left."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def _end(pid: int) -> int:
    """Kills the command with all that it started; the wait status of the command."""
    # The command is not reaped yet, so its group cannot be somebody else's by now.
    try:
        os.killpg(pid, signal.SIGKILL)
    except OSError:
        _kill(pid)  # the fork has not reached its `setsid`
    status = os.waitpid(pid, 0)[1]
    until = time.monotonic() + SWEEP_SECONDS
    while _reap() and time.monotonic() < until:
        for child in _children():
            _kill(child)
        time.sleep(0.002)
    return status


def _signal_pipe() -> int:
    """A descriptor that yields the number of every signal that concerns the launcher."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, *ENDINGS):
        signal.signal(number, lambda *_: None)
    return reading


def _wait(pid: int, signals: int) -> None:
    """Returns when the command has ended, the lifeline is cut, or an end is asked for."""
    while True:
        ready, _, _ = select.select([LIFELINE, signals], [], [])
        if LIFELINE in ready or set(os.read(signals, 4096)).intersection(ENDINGS):
            return
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
            return


def _end_like(status: int) -> NoReturn:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number != signal.SIGKILL:
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    os._exit(os.WEXITSTATUS(status))


def main(settings: dict[str, Any], command: list[str]) -> NoReturn:
    """Runs the command and ends as it ended."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    _limit(resource.RLIMIT_CORE, 0)
    signals = _signal_pipe()
    launcher = os.getpid()
    pid = os.fork()
    if pid == 0:
        _become(command, settings, launcher)
    _wait(pid, signals)
    _end_like(_end(pid))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), sys.argv[2:])
