"""The configuration of one model, in the form that evidence and checks use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from servegate.config import schema
from servegate.config.schema import Config, Model, Release
from servegate.engine.judge import Ruling, Rulings
from servegate.facts.expectations import Element, Expectation
from servegate.facts.settings import Callables, Declared, Settings, Tolerance, WrittenFlag
from servegate.findings import Location
from servegate.pipeline.flags import with_absolute_paths
from servegate.pipeline.options import FailOn


def settings_for(config: Config, model: Model | None, config_file: str, root: Path) -> Settings:
    """The settings of a configured model, or of a discovered one."""
    shared = Settings(
        rollout=config.serving.rollout,
        model_config=config.serving.model_config_file,
        flags=with_absolute_paths(config.serving.flags, root),
        written_flags=_flags(config),
        load_timeout=config.serving.load_timeout,
        user=config.serving.user,
        own_image=bool(config.serving.dockerfile or config.serving.built_image),
        config_file=config_file,
    )
    if model is None:
        return shared
    index = config.models.index(model)
    return replace(
        shared,
        staged=model.release is Release.STAGED,
        examples=model.examples,
        tolerance=_tolerance(model.tolerance),
        callables=_callables(model, config.location(("models", index, "preprocessing"))),
        ignores=_declared(config, index, "ignores", model.sensitivity.ignores),
        constant_outputs=_declared(
            config, index, "constant_outputs", model.sensitivity.constant_outputs
        ),
        stochastic=_declared(config, index, "stochastic", model.sensitivity.stochastic),
        stateful=_declared(config, index, "stateful", model.sensitivity.stateful),
        agree_within=_tolerance(model.sensitivity.agree_within),
        expectations=_expectations(config, model, index),
        location=config.location(("models", index)),
    )


def _flags(config: Config) -> tuple[WrittenFlag, ...]:
    return tuple(
        WrittenFlag(text=text, location=config.location(("serving", "flags", index)))
        for index, text in enumerate(config.serving.flags)
    )


def _tolerance(section: schema.Tolerance | None) -> Tolerance | None:
    if section is None:
        return None
    return Tolerance(relative=section.relative, absolute=section.absolute)


def _declared(
    config: Config, index: int, key: str, declared: Mapping[str, str]
) -> tuple[Declared, ...]:
    return tuple(
        Declared(
            name=name,
            reason=reason,
            location=config.location(("models", index, "sensitivity", key, name)),
        )
        for name, reason in declared.items()
    )


_RAW = "raw."


def _expectations(config: Config, model: Model, index: int) -> tuple[Expectation, ...]:
    return tuple(
        Expectation(
            input=None if one.changing.startswith(_RAW) else _element(one.changing),
            field=one.changing.removeprefix(_RAW) if one.changing.startswith(_RAW) else "",
            output=_element(one.output),
            direction=one.direction,
            location=config.location(("models", index, "sensitivity", "expectations", number)),
        )
        for number, one in enumerate(model.sensitivity.expectations)
    )


def _element(text: str) -> Element:
    name, _, index = text.rstrip("]").partition("[")
    return Element(name=name, index=tuple(map(int, index.split(","))) if index else ())


def _callables(model: Model, location: Location | None) -> Callables | None:
    section = model.preprocessing
    if section is None:
        return None
    return Callables(
        training=section.training,
        serving=section.serving,
        python=Path(section.python) if section.python else None,
        location=location,
    )


def rulings_for(
    config: Config, model: Model | None, name: str, version: str, fail_on: FailOn
) -> Rulings:
    """The severities that the configuration sets, and the failures that it accepts."""
    return Rulings(
        overrides={
            check: Ruling(severity=override.severity, reason=override.reason)
            for check, override in (model.checks.items() if model else ())
        },
        accepted={
            one.check: one.reason
            for one in config.accept
            if one.model == name and str(one.version) == version
        },
        strict=fail_on is FailOn.ADVISORY,
    )
