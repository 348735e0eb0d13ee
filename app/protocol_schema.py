"""Writes the JSON schema of the wire: ``python -m app.protocol_schema``; the TypeScript types are made from it.

The schema lies beside the front end's sources, so that building them needs no Python. A test compares it with
`schema_text`, so a changed message cannot be forgotten.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import core_schema

from app.protocol import BINARY_FRAME, CLIENT_MESSAGE, PROTOCOL_VERSION, SERVER_MESSAGE

FieldSchema = core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField
SCHEMA_FILE = Path(__file__).resolve().parent.parent / "static" / "src" / "protocol.schema.json"


class WireSchema(GenerateJsonSchema):
    """JSON schema as the wire has it, where it differs from what pydantic would say."""

    def float_schema(self, schema: core_schema.FloatSchema) -> JsonSchemaValue:
        """A number, or one of the three words for what JSON has no number for."""
        return {"title": "Scalar", "anyOf": [{"type": "number"}, {"enum": ["NaN", "Infinity", "-Infinity"]}]}

    def bytes_schema(self, schema: core_schema.BytesSchema) -> JsonSchemaValue:
        """Raw bytes: only MessagePack frames carry them."""
        return {"type": "string", "contentEncoding": "binary"}

    def field_title_should_be_set(self, schema: object) -> bool:
        """Titles name types here; a field's name says enough."""
        return False

    def field_is_required(self, field: FieldSchema, total: bool) -> bool:
        """An answer's fields are always sent, also those with a default."""
        return self.mode == "serialization" or super().field_is_required(field, total)


def wire_schema() -> dict[str, Any]:
    """The schema of every message: ``ClientMessage``, ``ServerMessage`` and ``BinaryFrame`` with all their parts."""
    adapters: list[tuple[str, JsonSchemaMode, TypeAdapter[Any]]] = [
        ("ClientMessage", "validation", CLIENT_MESSAGE),
        ("ServerMessage", "serialization", SERVER_MESSAGE),
        ("BinaryFrame", "serialization", BINARY_FRAME),
    ]
    # A mode each, because an answer's fields are all there, while a request may leave out what has a default.
    references, schema = TypeAdapter.json_schemas(adapters, schema_generator=WireSchema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Protocol",
        "version": PROTOCOL_VERSION,
        "type": "object",
        "additionalProperties": False,
        "required": [name for name, _, _ in adapters],
        "properties": {name: references[name, mode] for name, mode, _ in adapters},
        "$defs": schema["$defs"],
    }


def schema_text() -> str:
    """The schema as it stands in the file."""
    return json.dumps(wire_schema(), indent=2) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
