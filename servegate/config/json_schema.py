"""The JSON Schema of `servegate.yml`, for editors and for the documentation."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from servegate.config import schema


class _Generator(GenerateJsonSchema):
    """Without `null`: a key that has no value is left out, and the loader says so."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        made = super().default_schema(schema)
        return {key: value for key, value in made.items() if (key, value) != ("default", None)}


def json_schema() -> dict[str, Any]:
    """The schema, with the docstrings of the fields as their descriptions."""
    made = schema.Config.model_json_schema(schema_generator=_Generator)
    sections = {"Config": made, **made["$defs"]}
    for section, docstrings in _field_docstrings().items():
        for field, text in docstrings.items():
            properties = sections[section]["properties"]
            alias = getattr(schema, section).model_fields[field].alias
            properties[alias or field]["description"] = text
    return {
        "$schema": _Generator.schema_dialect,
        **made,
        "title": schema.FILE_NAME,
    }


def json_schema_text() -> str:
    """The content of `docs/servegate.schema.json`."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _field_docstrings() -> dict[str, dict[str, str]]:
    """By section and field: the string below each field.

    Pydantic would read them too, but while the classes are made, which every start would pay for.
    """
    module = ast.parse(inspect.getsource(schema))
    classes = [one for one in module.body if isinstance(one, ast.ClassDef)]
    return {
        one.name: dict(_documented(one))
        for one in classes
        if issubclass(getattr(schema, one.name), schema.Section)
    }


def _documented(section: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for statement, below in pairwise(section.body):
        match statement, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, inspect.cleandoc(text)
