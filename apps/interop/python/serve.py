"""Serves Testkit and Counter with the Python package.

Prints a ready line, then a line for each closed session, and ends when stdin ends.
"""

import asyncio
import os

os.environ.setdefault("ASTER_RELAY_MODE", "disabled")

from aster.runtime import AsterServer  # noqa: E402
from aster.interceptors.deadline import DeadlineInterceptor  # noqa: E402

from call_context import CallRecorder  # noqa: E402
from counter_service import ON_CLOSE, Counter  # noqa: E402
from json_lines import claim_stdout, read_lines  # noqa: E402
from testkit_service import Testkit  # noqa: E402


async def main() -> None:
    emit = claim_stdout()
    server = AsterServer(
        [Testkit(), Counter],
        allow_all_consumers=True,
        allow_all_producers=True,
        interceptors=[DeadlineInterceptor(), CallRecorder()],
    )
    ON_CLOSE.append(
        lambda peer, total: emit({"event": "sessionClosed", "peer": peer, "total": total})
    )
    await server.start()
    server.serve()
    emit(
        {
            "ready": True,
            "id": server.endpoint_id,
            "address": server.address,
            "addrB64": server.endpoint_addr_b64,
            "contracts": {service.name: service.contract_id for service in server.services},
            "pid": os.getpid(),
        }
    )
    async for _ in read_lines():
        pass
    await server.close()


asyncio.run(main())
