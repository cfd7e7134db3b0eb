"""Conversion of values to and from JSON without loss.

Values are plain JSON where it is exact. Elsewhere they are {"$bytes": base64}, {"$int": digits} beyond 2^53,
and {"$float": "nan" | "inf" | "-inf" | "-0.0"}.
"""

import base64
import dataclasses
import math
import typing
from typing import Any

EXACT = 2**53 - 1


def to_json(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_json(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"$bytes": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, float):
        if math.isnan(value) or math.isinf(value) or (value == 0 and math.copysign(1, value) < 0):
            return {"$float": repr(value)}
        return value
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > EXACT:
        return {"$int": str(value)}
    return value


def from_json(value: Any) -> Any:
    if isinstance(value, dict):
        if "$bytes" in value:
            return base64.b64decode(value["$bytes"])
        if "$int" in value:
            return int(value["$int"])
        if "$float" in value:
            return float(value["$float"])
        return {key: from_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [from_json(item) for item in value]
    return value


def build(cls: type, value: Any) -> Any:
    """Builds a dataclass from a dict. The annotations decide between int and float."""
    hints = typing.get_type_hints(cls)
    return cls(**{key: _field(hints[key], item) for key, item in value.items()})


def _field(hint: Any, value: Any) -> Any:
    arguments = [a for a in typing.get_args(hint) if a is not type(None)]
    origin = typing.get_origin(hint)
    if value is None:
        return None
    if origin is list:
        return [_field(arguments[0], item) for item in value]
    if origin is typing.Union:
        return _field(arguments[0], value)
    if dataclasses.is_dataclass(hint):
        return build(hint, value)
    return float(value) if hint is float else value
