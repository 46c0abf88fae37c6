"""Paths that are not Splunk's but ours, below /services/standin and /standin: the clock and HEC's faults.

GET, POST /standin/clock     set=EPOCH moves the clock forward; answers when all that was due has run
GET, POST, DELETE /standin/faults   see standin.hec.faults
"""

import asyncio

from aiohttp import web

from standin.hec.faults import FaultError, read_fault
from standin.jobs.clock import ClockError
from standin.rest.call import Call, Route
from standin.rest.messages import Refused, json_response

ADMINISTRATOR = "admin_all_objects"


async def clock(call: Call) -> web.StreamResponse:
    """Tell the time."""
    return json_response({"now": call.instance.clock.now()})


async def move_clock(call: Call) -> web.StreamResponse:
    """Move the clock and run what was scheduled on the way."""
    text = call.arguments.required("set")
    try:
        epoch = float(text)
    except ValueError as error:
        raise Refused(400, f"set={text} is no number of seconds") from error
    try:
        runs = await asyncio.to_thread(call.instance.move_clock, epoch)
    except ClockError as error:
        raise Refused(400, str(error)) from error
    return json_response({"now": call.instance.clock.now(), "runs": [run._asdict() for run in runs]})


async def faults(call: Call) -> web.StreamResponse:
    """List the faults that wait."""
    waiting = call.instance.faults.waiting()
    return json_response({"faults": [vars(fault) for fault in waiting]})


async def add_fault(call: Call) -> web.StreamResponse:
    """Ask for a fault."""
    try:
        call.instance.faults.add(read_fault(call.arguments.without([])))
    except FaultError as error:
        raise Refused(400, str(error)) from error
    return await faults(call)


async def clear_faults(call: Call) -> web.StreamResponse:
    """Forget all faults."""
    call.instance.faults.clear()
    return await faults(call)


ROUTES = [
    Route("GET", "standin/clock", clock),
    Route("POST", "standin/clock", move_clock, frozenset({"set"}), ADMINISTRATOR),
    Route("GET", "standin/faults", faults),
    Route("POST", "standin/faults", add_fault, None, ADMINISTRATOR),
    Route("DELETE", "standin/faults", clear_faults, capability=ADMINISTRATOR),
]
