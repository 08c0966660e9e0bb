"""The runtimes of one run: what they share, and one for each candidate."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from servegate.config.schema import Serving
from servegate.facts.images import ProductionImage
from servegate.facts.serving import Runtime
from servegate.phases import Spent
from servegate.pipeline.options import Options, RuntimeName
from servegate.serving.binary import BinaryRuntime
from servegate.serving.embedded import EmbeddedRuntime

if TYPE_CHECKING:
    from servegate.serving.docker.host import DockerHost
    from servegate.serving.docker.settings import DockerSettings


class Runtimes:
    """Makes a runtime for each candidate; there is no fallback from one kind to another.

    A context manager: leaving it frees what the runtimes shared. `head` is the commit that is
    validated, where it is known.
    """

    def __init__(self, options: Options, serving: Serving, head: str | None) -> None:
        self._stack = ExitStack()
        self._options = options
        self._serving = serving
        self._docker: DockerHost | None = None
        if options.runtime is RuntimeName.DOCKER:
            # Only now: the client takes a tenth of a second to import.
            from servegate.serving.docker.host import DockerHost

            host = DockerHost(_settings(options, serving, head or ""))
            self._docker = self._stack.enter_context(host)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def new(self, workspace: Path, spent: Spent) -> Runtime:
        """A runtime for one candidate, whose temporary directory is `workspace`.

        What it spends on images and on starting servers is added to `spent`.
        """
        if self._docker is not None:
            from servegate.serving.docker.runtime import DockerRuntime

            return DockerRuntime(self._docker, spent)
        if self._options.runtime is RuntimeName.BINARY:
            return BinaryRuntime(workspace, spent)
        return EmbeddedRuntime(workspace, spent)

    def production_image(self, spent: Spent) -> ProductionImage | None:
        """The image that the project builds itself, None where it does not or nothing runs it."""
        if self._docker is None or not (self._serving.dockerfile or self._serving.built_image):
            return None
        from servegate.serving.docker.image_files import ImageFiles

        return ImageFiles(self._docker, spent)

    @property
    def serving_image(self) -> str | None:
        """Production's image, None as long as no server has needed it."""
        return None if self._docker is None else self._docker.serving_image


def _settings(options: Options, serving: Serving, revision: str) -> DockerSettings:
    from servegate.serving.docker.settings import DEFAULT_IMAGE, DockerSettings

    root = options.repository
    return DockerSettings(
        files=root,
        image=options.serving_image or serving.image or DEFAULT_IMAGE,
        dockerfile=root / serving.dockerfile if serving.dockerfile else None,
        context=root / serving.context if serving.context else None,
        built_image=serving.built_image or "",
        user=serving.user,
        memory=serving.memory,
        revision=revision,
    )
