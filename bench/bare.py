"""Bare aiosmtpd: takes every mail, keeps nothing; what a door costs before any promise.

python -m bench.bare
"""

import asyncio

from aiosmtpd.smtp import SMTP


class Door:
    """The handler of aiosmtpd that does nothing."""

    async def handle_DATA(self, server, session, envelope):  # noqa: ARG002, N802
        """Take it."""
        return "250 taken"


async def serve() -> None:
    loop = asyncio.get_running_loop()
    door = Door()
    server = await loop.create_server(
        lambda: SMTP(door, hostname="bare.example", enable_SMTPUTF8=True),
        "127.0.0.1",
        0,
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
