"""Where in the image things lie: the version trees, the configuration, files named by flags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from servegate.facts.serving import Launch, ServedModel
from servegate.serving.command_line import flag_name
from servegate.serving.config_file import config_text
from servegate.serving.docker.context import Entry, tree
from servegate.tfserving.base_paths import place_in_image

FOLDER = "/servegate"
CONFIG = f"{FOLDER}/models.config"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What of a launch goes where. `files` is the directory that flags may name files of.

    `on_volume` places every model below `/models`, whatever production says: a volume is there.
    """

    launch: Launch
    files: Path
    on_volume: bool = False

    def place(self, model: ServedModel) -> str:
        """The model's base path in the container: production's own, where an image can have it."""
        return place_in_image("" if self.on_volume else model.place, model.name)

    def config(self) -> bytes:
        """The `ModelServerConfig` with these places."""
        return config_text(self.launch, self.place).encode("ascii")

    def flags(self) -> tuple[str, ...]:
        """Production's flags; those that name a file of this machine name its copy."""
        return tuple(
            flag
            if (file := self._file(flag)) is None
            else f"--{flag_name(flag)}={self._copy(file)}"
            for flag in self.launch.flags
        )

    def entries(self, root: str) -> Iterator[Entry]:
        """Everything that the image gets, below a directory of the archive."""
        yield Entry(name=f"{root}{CONFIG}", content=self.config())
        for file in filter(None, map(self._file, self.launch.flags)):
            yield Entry(name=f"{root}{self._copy(file)}", content=file)
        for model in self.launch.models:
            yield from base_path(model.base_path, f"{root}{self.place(model)}")

    def _file(self, flag: str) -> Path | None:
        """The file that a flag names, if it is one of those that may be carried along."""
        value = flag.partition("=")[2]
        if not value.startswith(f"{self.files}/"):
            return None
        file = Path(value).resolve()
        return file if file.is_file() and file.is_relative_to(self.files.resolve()) else None

    def _copy(self, file: Path) -> str:
        return f"{FOLDER}/files/{file.relative_to(self.files.resolve()).as_posix()}"


def base_path(folder: Path, name: str) -> Iterator[Entry]:
    """A base path whose children are links to version directories, or the directories themselves.

    Links within a version may lead anywhere in the tree that it comes from.
    """
    if not folder.is_dir():
        return
    yield Entry(name=name)
    for child in sorted(folder.iterdir()):
        if child.exists():
            # The link of the staging is the gate's own and followed wherever it leads.
            real = child.parent / child.readlink() if child.is_symlink() else child
            yield from tree(real, f"{name}/{child.name}", within=real.parent)
        else:
            yield Entry(name=f"{name}/{child.name}", link=str(child.readlink()))
