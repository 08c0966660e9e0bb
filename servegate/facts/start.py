"""What came of starting a server, and who answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from servegate.facts.serving import Server
from servegate.tfserving.versions import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A server that was asked to load the candidate.

    `failure` is the server's own reason when the candidate did not become available, with the end
    of its `log`. `as_production` is false when production's policy would not load the candidate
    and the server was told to, so that it can be examined all the same. `model` is the name under
    which the server knows it, `runtime` the name of what runs it.
    """

    server: Server
    model: str
    as_production: bool
    runtime: str = ""
    failure: str = ""
    log: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Which version answers requests that name none, in production's own set-up.

    `by_grpc` is what the model spec of gRPC says, `by_rest` REST's metadata. `unlike` describes an
    unversioned answer that differs from the answer of the candidate by name more than two answers
    of the candidate differ from one another; empty when there is none.
    """

    by_grpc: Version
    by_rest: Version
    compared: int
    unlike: str = ""

    def names(self, version: Version | None) -> bool:
        """Whether both APIs name this version."""
        return self.by_grpc == self.by_rest == version


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelAnswer:
    """Which version a label answered with, or the server's refusal."""

    version: Version | None = None
    refusal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductionStart:
    """A cold start of all that production serves out of this repository, in one server.

    `failure` is the server's own reason where it did not come up, with the end of its `log`, and
    `failed_model` whose it is where it names one. Otherwise `served` has the version of each model
    that answers requests which name none, and `labels` what the model at hand answers by label.
    """

    runtime: str
    failure: str = ""
    failed_model: str = ""
    log: str = ""
    served: Mapping[str, Version] = field(default_factory=dict)
    labels: Mapping[str, LabelAnswer] = field(default_factory=dict)
