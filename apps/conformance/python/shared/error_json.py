"""Exceptions of the Python package as JSON."""

from typing import Any, Dict

from aster.status import RpcError


def described(problem: BaseException) -> Dict[str, Any]:
    if isinstance(problem, RpcError):
        return {
            "type": "RpcError",
            "code": int(problem.code),
            "message": problem.message,
            "details": problem.details,
        }
    return {"type": type(problem).__name__, "message": str(problem)}
