"""The wire types of the Counter service, declared with the Python package."""

from dataclasses import dataclass

from aster.codec import wire_type


@wire_type("testkit/Empty")
@dataclass
class Empty:
    pass


@wire_type("testkit/AddRequest")
@dataclass
class AddRequest:
    n: int = 0


@wire_type("testkit/Total")
@dataclass
class Total:
    total: int = 0
    peer: str = ""
