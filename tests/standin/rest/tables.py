"""All route tables of the management API together."""

from standin.rest import (
    access,
    confs,
    eventtypes,
    indexes,
    inputs,
    jobs,
    kvstore,
    parsing,
    passwords,
    saved,
    server,
    standin,
)
from standin.rest.call import Route

ROUTES: list[Route] = [
    route
    for module in (
        access,
        confs,
        eventtypes,
        indexes,
        inputs,
        jobs,
        kvstore,
        parsing,
        passwords,
        saved,
        server,
        standin,
    )
    for route in module.ROUTES
]
