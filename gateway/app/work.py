"""Runs the work of a site in threads: process, dispatch, schedule."""

import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

import structlog

from gateway.activities import bounces
from gateway.activities.domains import hold_back
from gateway.activities.house import House
from gateway.activities.letters import may_go
from gateway.activities.process import process_some
from gateway.activities.reading import Reader
from gateway.app.build import clock
from gateway.app.log import in_short
from gateway.app.roles import WORK, Role
from gateway.outbound.dispatch import Dispatch
from gateway.outbound.smarthost import Smarthost
from gateway.settings import Outbound, Settings, Tls

IDLE_SECONDS = 1.0
"""The longest nap; the wake ends it as soon as somebody wrote something."""
LONGEST_PAUSE = 30.0
"""Between two tries of a role that fails, because the database is down or so."""

_log = structlog.get_logger()

Body = Callable[[threading.Event], None]
"""Works until the event is set; may raise."""


class Work:
    """The work that this process does, a thread for each role."""

    def __init__(
        self, house: House, settings: Settings, roles: frozenset[Role], node: str
    ) -> None:
        """Take what the roles need; nothing runs yet."""
        self._stop = threading.Event()
        self._house = house
        bodies: Mapping[Role, Body] = {
            Role.PROCESS: lambda stop: _process(house, node, stop),
            Role.DISPATCH: lambda stop: _dispatch(house, settings, node, stop),
            Role.SCHEDULE: lambda stop: _schedule(house, node, stop),
        }
        self._threads = [
            threading.Thread(
                target=keep_running,
                args=(role, bodies[role], self._stop),
                name=role,
                daemon=True,
            )
            for role in sorted(roles & WORK)
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Say that it is enough and wait until what is in hand is finished."""
        self._stop.set()
        self._house.wake.tell()
        for thread in self._threads:
            thread.join()


def keep_running(role: Role, body: Body, stop: threading.Event) -> None:
    """Run a role until it is stopped; whatever breaks it, it is tried again."""
    failures = 0
    while not stop.is_set():
        try:
            body(stop)
        except Exception as error:
            # The database may be down for an hour: say so, wait, go on.
            failures += 1
            pause = min(LONGEST_PAUSE, 0.5 * 2 ** min(failures, 10))
            _log.error(
                "a role failed", role=role.value, again_in=pause, **in_short(error)
            )
            stop.wait(pause)
        else:
            failures = 0


def _process(house: House, node: str, stop: threading.Event) -> None:
    reader = Reader(house.limits)
    try:
        # Before the first claim: what is claimed is worked on, not waited with.
        reader.start()
        while not stop.is_set():
            if process_some(house, reader, node=node, clock=clock) == 0:
                house.wake.wait(IDLE_SECONDS)
    finally:
        reader.close()


def _dispatch(
    house: House, settings: Settings, node: str, stop: threading.Event
) -> None:
    if settings.outbound.tls is not Tls.NONE and not settings.outbound.tls_verify:
        _log.warning("the smarthost's certificate is not checked (outbound.tls_verify)")
    Dispatch(
        database=house.database,
        wake=house.wake,
        sealer=house.sealer,
        smarthost=smarthost(settings.outbound),
        node=node,
        clock=clock,
        on_refusal=partial(bounces.refused, house),
        may_go=partial(may_go, house),
        hold_back=partial(hold_back, house.limits),
        lease=house.lease,
        patience=timedelta(days=house.limits.give_up_days),
        digest_patience=timedelta(hours=house.limits.digest_give_up_hours),
    ).run(stop)


def smarthost(out: Outbound) -> Smarthost:
    """Give what `[outbound]` says to those who go there."""
    return Smarthost(
        host=out.host,
        port=out.port,
        tls=out.tls.value,
        tls_verify=out.tls_verify,
        tls_ca=out.tls_ca,
        username=out.username,
        password=out.password,
        connections=out.connections,
        max_per_second=out.max_per_second,
    )


def _schedule(house: House, node: str, stop: threading.Event) -> None:
    # APScheduler takes a moment to load; no other role needs it.
    from digests import schedule

    schedule.follow(house, stop, node=node, clock=clock, every=schedule.TICK)
