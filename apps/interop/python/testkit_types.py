"""The wire types of the Testkit service, declared with the Python package.

This module and testkit_service.py must not postpone annotations: the Python package hashes the types of a
method through its annotations, and a string annotation becomes a hash of zeros.
"""

from dataclasses import dataclass, field
from typing import Dict, List, Optional

from aster.codec import wire_type


@wire_type("testkit/Point")
@dataclass
class Point:
    x: float = 0.0
    y: float = 0.0
    label: str = ""


@wire_type("testkit/EchoRequest")
@dataclass
class EchoRequest:
    text: str = ""
    number: int = 0
    ratio: float = 0.0
    flag: bool = False
    blob: bytes = b""
    tags: List[str] = field(default_factory=list)
    attributes: Dict[str, str] = field(default_factory=dict)
    inner: Optional[Point] = None
    points: List[Point] = field(default_factory=list)


@wire_type("testkit/EchoReply")
@dataclass
class EchoReply:
    text: str = ""
    number: int = 0
    ratio: float = 0.0
    flag: bool = False
    blob: bytes = b""
    tags: List[str] = field(default_factory=list)
    attributes: Dict[str, str] = field(default_factory=dict)
    inner: Optional[Point] = None
    points: List[Point] = field(default_factory=list)
    peer: str = ""
    roles: List[str] = field(default_factory=list)
    remaining_ms: int = 0
    metadata: Dict[str, str] = field(default_factory=dict)


@wire_type("testkit/FailRequest")
@dataclass
class FailRequest:
    code: int = 0
    message: str = ""
    after: int = 0


@wire_type("testkit/SleepRequest")
@dataclass
class SleepRequest:
    ms: int = 0


@wire_type("testkit/SleepReply")
@dataclass
class SleepReply:
    ms: int = 0


@wire_type("testkit/CountRequest")
@dataclass
class CountRequest:
    start: int = 0
    end: int = 0
    delay_ms: int = 0
    size: int = 0


@wire_type("testkit/CountReply")
@dataclass
class CountReply:
    n: int = 0
    payload: bytes = b""


@wire_type("testkit/SumReply")
@dataclass
class SumReply:
    total: int = 0
    items: int = 0
