"""The context of the call that the current handler serves."""

import contextvars

from aster.interceptors.base import CallContext, Interceptor

CURRENT_CALL: "contextvars.ContextVar[CallContext]" = contextvars.ContextVar("current_call")


class CallRecorder(Interceptor):
    """Sets CURRENT_CALL: the Python package passes the call context to interceptors only.

    The first of the two request hooks of a call runs in the task that later runs the handler.
    """

    async def on_request(self, ctx: CallContext, request: object) -> object:
        CURRENT_CALL.set(ctx)
        return request
