"""What `servegate.yml` may say.

The docstring below a field is its description in the JSON Schema and in the documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, field_validator

from servegate.config.places import Origin, Place
from servegate.config.values import (
    BaselinePath,
    Bytes,
    CallableName,
    CheckId,
    ContextPath,
    Distance,
    ElementName,
    FilePath,
    Flag,
    ImageName,
    InsidePath,
    Interpreter,
    ModelPath,
    Seconds,
    Surroundings,
    Text,
    UserId,
    VersionNumber,
)
from servegate.facts.expectations import Direction
from servegate.facts.settings import Rollout
from servegate.findings import Location, Severity

FILE_NAME = "servegate.yml"


class Release(StrEnum):
    """What production does with a new version of a model."""

    LATEST = "latest"
    STAGED = "staged"


class Section(BaseModel):
    """A mapping with fixed keys. `later` are documented keys that this version does not honour."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    later: ClassVar[frozenset[str]] = frozenset()

    @field_validator("*", mode="before")
    @classmethod
    def _has_a_value(cls, value: object) -> object:
        if value is None:
            raise ValueError("has no value: give it one or leave it out")
        return value


class Tolerance(Section):
    """How far two answers may be apart and still be called equal."""

    relative: Distance = 0.0
    """As a part of the range of the expected values."""

    absolute: Distance = 0.0
    """In the output's own unit."""


class Preprocessing(Section):
    """The project's own preprocessing, in training and in serving."""

    later: ClassVar[frozenset[str]] = frozenset({"vocabulary"})

    training: CallableName | None = None
    """Turns a raw example into tensors as training does, written as module:function. Left out, the
    examples' recorded `inputs` are what training made."""

    serving: CallableName | None = None
    """Turns a raw example into what the client sends. Left out, raw is sent as it is."""

    python: Interpreter | None = None
    """The interpreter that has the project's own packages (3.8 or newer)."""


class ExpectedChange(Section):
    """What an output has to do when one input changes and all others stay."""

    changing: ElementName
    """The input, or one element of it (`features[3]`); `raw.` and a name is a field of the raw
    examples, with dots for what lies deeper (`raw.customer.age`)."""

    output: ElementName
    """The output, or one element of it (`scores[2]`)."""

    direction: Direction
    """Whether the output grows with the input, falls with it, stays as it is, or changes."""


class Sensitivity(Section):
    """What of the model looks like a fault and is meant, each with the reason."""

    ignores: Mapping[Text, Text] = Field(default_factory=dict)
    """Inputs that have no effect on purpose, each with the reason, for those who read the
    report."""

    constant_outputs: Mapping[Text, Text] = Field(default_factory=dict)
    """Outputs that are the same for every input on purpose, each with the reason."""

    stochastic: Mapping[Text, Text] = Field(default_factory=dict)
    """Outputs that are drawn at random on purpose, each with the reason."""

    stateful: Mapping[Text, Text] = Field(default_factory=dict)
    """Outputs that remember earlier requests on purpose, each with the reason."""

    agree_within: Tolerance | None = None
    """How far the answers may be from the base version's, for models that are only exported
    again, quantised or pruned."""

    expectations: tuple[ExpectedChange, ...] = ()
    """What the answers have to do when one input changes."""


class CheckOverride(Section):
    """Another severity for one check of one model, and why."""

    severity: Severity
    """Whether a failure of the check blocks the merge or only informs."""

    reason: Text
    """Why, for those who read the report."""


class Model(Section):
    """One model of the repository."""

    name: Text
    """The model's name, as in production's configuration."""

    path: ModelPath
    """The base path: the directory that holds the numbered version directories."""

    baseline: BaselinePath | None = None
    """A directory with the versions now in production, for models that are not in git."""

    changed_when: tuple[InsidePath, ...] = ()
    """Further files, directories or globs: a change of them is a change of this model."""

    release: Release = Release.LATEST
    """`staged`: the candidate is deliberately not served yet."""

    examples: FilePath | None = None
    """A JSON Lines file of examples."""

    tolerance: Tolerance | None = None
    """How far two answers may be apart. Left out, it follows from the outputs' types."""

    preprocessing: Preprocessing | None = None
    """The project's own preprocessing."""

    sensitivity: Sensitivity = Sensitivity()
    """Which inputs the answers need not depend on."""

    checks: Mapping[CheckId, CheckOverride] = Field(
        default_factory=dict, json_schema_extra={"additionalProperties": False}
    )
    """Other severities, by the id of the check."""


class Serving(Section):
    """How production serves the models."""

    image: ImageName | None = None
    """Production's image of TF Serving; best by digest."""

    dockerfile: FilePath | None = None
    """Production's own Dockerfile, which puts the models into the image."""

    context: ContextPath | None = None
    """The directory that the Dockerfile is built with. Left out, it is the repository."""

    built_image: ImageName | None = None
    """Production's own image, built by an earlier step."""

    user: UserId | None = None
    """The uid that production's server runs as."""

    memory: Bytes | None = None
    """The memory that production gives the server: needing more is a failure of the model."""

    rollout: Rollout = Rollout.VOLUME
    """`volume`: a running server watches the directory; `image`: a fresh container each time."""

    model_config_file: FilePath | None = Field(default=None, alias="model_config")
    """Production's ModelServerConfig, as a text proto."""

    flags: tuple[Flag, ...] = ()
    """Production's flags of tensorflow_model_server."""

    load_timeout: Seconds = 120.0
    """How long the candidate may take to load."""


class Acceptance(Section):
    """A failure that is intended, for one version of one model; it ends by itself."""

    check: CheckId
    """The id of the check that fails."""

    model: Text
    """The model's name."""

    version: VersionNumber
    """The one version for which the failure is accepted."""

    reason: Text
    """Why, for those who read the report."""


class Config(Section):
    """The configuration of Servegate."""

    serving: Serving = Serving()
    """How production serves the models."""

    models: tuple[Model, ...] = ()
    """The models. Left out, they are found by their version directories."""

    accept: tuple[Acceptance, ...] = ()
    """Failures that are intended."""

    ignore: tuple[InsidePath, ...] = ()
    """Files, directories or globs in which no model is looked for."""

    _origin: Origin | None = PrivateAttr(default=None)

    def model_post_init(self, context: object) -> None:
        """Keeps where it was read from, which the validation's context says."""
        if isinstance(context, Surroundings):
            self._origin = context.origin

    def location(self, place: Place) -> Location | None:
        """Where a value was written: `("models", 0, "path")`, with the keys of the file.

        For a value that was left out it is the nearest section around it, without a line when
        there is none; None for a configuration that is in no file.
        """
        if self._origin is None:
            return None
        return Location(file=self._origin.file, line=self._origin.line(place))
