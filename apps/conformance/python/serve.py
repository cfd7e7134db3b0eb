"""Serves the conformance services and the scenario services with the Python package.

Prints a ready line, then a line for each closed session, and ends when stdin ends.
"""

import asyncio
import os

os.environ.setdefault("ASTER_RELAY_MODE", "disabled")

from aster.interceptors.deadline import DeadlineInterceptor  # noqa: E402
from aster.runtime import AsterServer  # noqa: E402

from call_context import CallRecorder  # noqa: E402
from conformance_service import Conformance  # noqa: E402
from conformance_session import ON_CLOSE, ConformanceSession  # noqa: E402
from json_lines import claim_stdout, read_lines  # noqa: E402
from scenario_services import Counter, Echo  # noqa: E402


async def main() -> None:
    emit = claim_stdout()
    server = AsterServer(
        [Conformance(), ConformanceSession, Echo(), Counter()],
        allow_all_consumers=True,
        allow_all_producers=True,
        interceptors=[DeadlineInterceptor(), CallRecorder()],
    )
    ON_CLOSE.append(lambda tag: emit({"event": "sessionClosed", "tag": tag}))
    await server.start()
    server.serve()
    contracts = {service.name: service.contract_id for service in server.services}
    emit({"ready": True, "address": server.address, "contracts": contracts})
    async for _ in read_lines():
        pass
    await server.close()


asyncio.run(main())
