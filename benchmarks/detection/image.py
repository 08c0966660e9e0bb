"""The image that servers are started from where the runtime is `docker`."""

from __future__ import annotations

from contextlib import closing
from functools import cache

from benchmarks.detection.fit import DoesNotFit
from servegate.errors import CannotTell
from servegate.serving.docker.engine import connect
from tests.support.standin.make import CannotMake, standin

_SECONDS = 600


@cache
def serving_image() -> str:
    """The tag of the stand-in for TF Serving's image, which may have to be made.

    Raises `DoesNotFit` where there is no engine, or nothing to make the image of.
    """
    try:
        with closing(connect()) as client:
            client.timeout = _SECONDS
            return standin(client)
    except (CannotTell, CannotMake) as error:
        raise DoesNotFit(f"no image to serve from: {error}") from error
