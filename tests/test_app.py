import asyncio

from rcdesk.app import run
from rcdesk.system.handover import Request, Verb
from rcdesk.system.instance import SingleInstance
from rcdesk.system.paths import Paths


async def test_an_app_that_has_just_started_is_waited_for(profile: Paths) -> None:
    taken: list[Request] = []
    only = SingleInstance(profile)
    assert only.acquire()
    later = asyncio.create_task(asyncio.to_thread(run, "tel:+16505550100"))
    await asyncio.sleep(0)
    await only.serve(taken.append)
    assert await later == 0
    assert [(request.verb, request.uri) for request in taken] == [
        (Verb.OPEN_URI, "tel:+16505550100")
    ]
    await only.close()
