"""The wire types of the conformance service, declared with the Python package.

This module and conformance_service.py must not postpone annotations: the Python package hashes the types
of a method through its annotations, and a string annotation becomes a hash of zeros.
"""

from dataclasses import dataclass, field
from typing import List, Optional

from aster.codec import wire_type


@wire_type("aster.conformance/Pair")
@dataclass
class Pair:
    key: str = ""
    value: str = ""


@wire_type("aster.conformance/Request")
@dataclass
class Request:
    tag: str = ""
    payload: bytes = b""
    data: List[bytes] = field(default_factory=list)
    sizes: List[int] = field(default_factory=list)
    noise: bool = False
    delay_ms: int = 0
    hold_ms: int = 0
    code: int = 0
    message: str = ""
    details: List[Pair] = field(default_factory=list)
    trailer: List[Pair] = field(default_factory=list)
    full_duplex: bool = False
    expect_compressed: Optional[bool] = None


@wire_type("aster.conformance/Reply")
@dataclass
class Reply:
    payload: bytes = b""
    items: int = 0
    bytes: int = 0
    metadata: List[Pair] = field(default_factory=list)
    remaining_ms: int = 0
    peer: str = ""
    roles: List[str] = field(default_factory=list)


@wire_type("aster.conformance/Empty")
@dataclass
class Empty:
    pass
