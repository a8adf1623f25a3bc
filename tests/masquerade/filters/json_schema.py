"""Holds a value against a JSON Schema, as far as that of filter.toml uses it."""

import re

_TYPES = {"string": str, "array": list, "object": dict, "boolean": bool, "integer": int, "number": (int, float)}


def problems(value: object, schema: dict[str, object], place: str = "") -> list[str]:
    """Returns what is wrong with a value; empty where it fits."""
    found = [f"{place}: {text}" for text in _own_errors(value, schema)]
    if isinstance(value, dict):
        found += _table_errors(value, schema, place)
    if isinstance(value, list) and "items" in schema:
        found += [
            problem for n, each in enumerate(value) for problem in problems(each, schema["items"], f"{place}/{n}")
        ]  # type: ignore[arg-type]
    for word, wanted in (("oneOf", 1), ("anyOf", None)):
        options = schema.get(word)
        if isinstance(options, list):
            fitting = sum(not problems(value, option, place) for option in options)
            if fitting != (wanted or fitting) or fitting == 0:
                found.append(f"{place}: fits {fitting} of {word}")
    return found


def _own_errors(value: object, schema: dict[str, object]) -> list[str]:
    kind = schema.get("type")
    wrong_type = kind is not None and not isinstance(value, _TYPES[str(kind)])
    if wrong_type or (isinstance(value, bool) and kind in ("number", "integer")):
        return [f"{value!r} is no {kind}"]
    checks = {
        "const": lambda limit: value == limit,
        "enum": lambda limit: value in limit,
        "minimum": lambda limit: value >= limit,
        "maximum": lambda limit: value <= limit,
        "minLength": lambda limit: len(str(value)) >= limit,
        "maxLength": lambda limit: len(str(value)) <= limit,
        "pattern": lambda limit: re.search(limit, str(value)),
        "minItems": lambda limit: isinstance(value, list) and len(value) >= limit,
        "maxItems": lambda limit: isinstance(value, list) and len(value) <= limit,
    }
    return [f"{word} {schema[word]}" for word, check in checks.items() if word in schema and not check(schema[word])]


def _table_errors(value: dict[str, object], schema: dict[str, object], place: str) -> list[str]:
    known, needed = schema.get("properties", {}), schema.get("required", [])
    assert isinstance(known, dict)
    assert isinstance(needed, list)
    found = [f"{place}/{key} is missing" for key in needed if key not in value]
    for key, each in value.items():
        if key in known:
            found += problems(each, known[key], f"{place}/{key}")
        elif schema.get("additionalProperties") is False:
            found.append(f"{place}/{key} is unknown")
    return found
