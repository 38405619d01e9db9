"""`/healthz` and `/readyz`: for whoever watches over us."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.web.page import Front
from storage import journal, mailbox, revision


class Health:
    """Alive, and ready."""

    def __init__(self, front: Front) -> None:
        """Take the house whose database is looked at."""
        self._front = front

    def routes(self) -> list[BaseRoute]:
        """Give the two paths."""
        return [
            Route("/healthz", self.alive, methods=["GET"]),
            Route("/readyz", self.ready, methods=["GET"]),
        ]

    async def alive(self, _: Request) -> Response:
        """Answer 200 while the event loop turns."""
        return PlainTextResponse("ok\n")

    async def ready(self, _: Request) -> Response:
        """Answer 200 when mail can be kept and worked on, else 503; says why."""
        found = await run_in_threadpool(self._look)
        is_ready = found["database"] == "ok" and found["schema"] == "ok"
        return JSONResponse(found, status_code=200 if is_ready else 503)

    def _look(self) -> dict[str, str | float | None]:
        house = self._front.house
        try:
            if not revision.is_current(house.database):
                return _found(schema="not current", age=None)
            with house.database.reading() as session:
                oldest = journal.oldest_pending(session)
                sick = mailbox.sick(session, house.mailbox_authserv_ids)
        except Exception:
            # Whatever the driver says: the answer is that we are not ready.
            return _found(database="unreachable", schema="unknown", age=None)
        age = (self._front.clock() - oldest).total_seconds() if oldest else 0.0
        return _found(age=max(0.0, round(age, 3)), sick=len(sick))


def _found(
    *,
    database: str = "ok",
    schema: str = "ok",
    age: float | None,
    sick: int | None = None,
) -> dict[str, str | float | None]:
    return {
        "database": database,
        "schema": schema,
        "oldest_pending_seconds": age,
        # Who asks may be anybody: how many, not which. They do not end readiness.
        "sick_mailboxes": sick,
    }
