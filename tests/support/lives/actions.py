"""What happens in the recorded lives, before the server starts or while it runs."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.support.embedded import free_port
from tests.support.lifecycle import Action, Play
from tests.support.processes import eventually


def version(path: str, number: int = 1) -> Action:
    """The model `times/<number>` lies, or appears, at a path: `base/1`."""
    return lambda play: play.put(path, number)


def asked(*cases: str) -> Action:
    """Recorded questions, put until the answer is the recorded one."""

    def ask(play: Play) -> None:
        for case in cases:
            play.asks(case)

    return ask


def logged(text: str, times: int = 1) -> Action:
    """Waits until the log holds a text."""
    return lambda play: play.server.logged(play.stage.located(text), times=times)


def retried_in_vain(seconds: float) -> Action:
    """Waits until the last of the retries has failed."""

    def wait(play: Play) -> None:
        assert eventually(lambda: "cannot be loaded" in play.server.log, seconds)

    return wait


def logged_again(text: str) -> Action:
    """Waits until the log holds a text once more than it does now."""
    return lambda play: play.server.logged(text, times=play.server.log.count(text) + 1)


def changed(path: str, change: object) -> Action:
    """Something is done to a file of the scratch folder."""
    assert callable(change)
    return lambda play: change(play.path(path))


def halve(file: Path) -> None:
    """Half of a file is lost."""
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2])


def forbid(path: Path) -> None:
    """Nobody may read it."""
    path.chmod(0)


def configured(name: str, text: str) -> Action:
    """A configuration file is written, or replaced."""
    return lambda play: play.configure(name, text)


def corrupt(base: str) -> Action:
    """A second version appears whose graph is cut in half."""

    def appear(play: Play) -> None:
        staged = play.path("corrupt")
        shutil.copytree(play.stage.models / "times" / "2", staged)
        halve(staged / "saved_model.pb")
        staged.rename(play.path(f"{base}/2"))

    return appear


def unreadable(path: str) -> Action:
    """A second version appears that the server may not read."""

    def appear(play: Play) -> None:
        staged = play.put(f"{path}/.staged", 2)
        forbid(staged)
        staged.rename(play.path(f"{path}/2"))

    return appear


def repaired(base: str) -> Action:
    """The second version's graph is made whole."""
    return lambda play: shutil.copy(
        play.stage.models / "times/2/saved_model.pb", play.path(f"{base}/2/saved_model.pb")
    )


def taken(flag: str, port: str) -> Action:
    """A port of the server is another one's already."""

    def take(play: Play) -> None:
        play.flags = (f"--{flag}={getattr(play.neighbour(), port)}",)

    return take


def one_port(play: Play) -> None:
    """Both APIs are given the same port."""
    port = free_port()
    play.flags = (f"--port={port}", f"--rest_api_port={port}")


BOTH = asked("0.status", "0.predict")
MADE = Path.mkdir
