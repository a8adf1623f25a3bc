"""Writes the JSON Schema of filter.toml and the tables of its keys, from the declarations."""

import json
from collections.abc import Mapping
from types import MappingProxyType

from masquerade.filters.format.manifest import KINDS, HeadKeys
from masquerade.filters.format.readers.faces import MoveKeys
from masquerade.filters.format.readers.overlays import TriggerKeys
from masquerade.filters.format.tables.table import Field, Table, schema_of

# Every table of the format by the name it has in the docs.
TABLES: Mapping[str, type[Table]] = MappingProxyType(
    {"head": HeadKeys, **{name: kind.keys for name, kind in KINDS.items()}, "trigger": TriggerKeys, "move": MoveKeys}
)


def schema_text() -> str:
    """Return the schema, draft 7, as a JSON text that ends with a line feed."""
    head = schema_of(HeadKeys)
    properties = head["properties"]
    assert isinstance(properties, dict)
    layers = [schema_of(kind.keys, {"kind": {"const": name}}) for name, kind in KINDS.items()]
    properties["layer"] = {**properties["layer"], "items": {"oneOf": layers}}
    about = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A Masquerade filter: filter.toml",
        "description": "docs/filters.md explains the keys; `masquerade filters check` has the last word.",
    }
    return json.dumps({**about, **head}, indent=1) + "\n"


def keys_table(name: str) -> str:
    """Return the keys of a table of TABLES as a Markdown table."""
    rows = [f"| `{key}` | {_default(each)} | {each.doc} |" for key, each in TABLES[name].fields.items()]
    return "\n".join(["| key | default | |", "|---|---|---|", *rows])


def _default(field: Field[object]) -> str:
    if field.required:
        return "required"
    text = field.default_text()
    return f"`{text}`" if text else ""
