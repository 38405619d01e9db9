"""The second process: does the work, is restarted when it dies, dies with its parent.

The parent writes its orders into the child's standard input and keeps that open. When
the parent goes, by `kill -9` too, the child reads the end and stops by itself.
"""

import asyncio
import contextlib
import sys

import structlog

SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 30.0
"""Seconds between the death of a child and the next one."""
SOUND_SECONDS = 60.0
"""A child that lived so long did not die of its start."""
STOP_SECONDS = 8.0

_log = structlog.get_logger()


class Worker:
    """Keeps one child process running."""

    def __init__(self, orders: str) -> None:
        """Take the line that tells the child what to do (gateway.app.serve)."""
        self._orders = orders.encode() + b"\n"
        self._child: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Start the child; it waits for its orders."""
        # A session of its own: Ctrl-C is for the parent, who then asks the child.
        self._child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "gateway.cli",
            "serve",
            "--follow",
            stdin=asyncio.subprocess.PIPE,
            start_new_session=True,
        )

    async def start(self) -> None:
        """Give the child its orders and keep one running from now on."""
        await self._order()
        self._keeper = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """Ask the child to finish; end it when it takes too long."""
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
        child, self._child = self._child, None
        if child is None or child.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            child.terminate()
        try:
            await asyncio.wait_for(child.wait(), STOP_SECONDS)
        except TimeoutError:
            _log.error("the worker did not stop in time", pid=child.pid)
            child.kill()
            await child.wait()

    async def _order(self) -> None:
        assert self._child is not None
        stdin = self._child.stdin
        assert stdin is not None
        # A child that died already is the keeper's business.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            stdin.write(self._orders)
            await stdin.drain()

    async def _keep(self) -> None:
        """Start another child whenever one dies."""
        loop = asyncio.get_running_loop()
        pause = SHORTEST_PAUSE
        while True:
            began = loop.time()
            assert self._child is not None
            status = await self._child.wait()
            if loop.time() - began > SOUND_SECONDS:
                pause = SHORTEST_PAUSE
            _log.error("the worker died", status=status, again_in=pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            try:
                await self.begin()
                await self._order()
            except OSError as error:
                # No memory for a process now; the next round tries again.
                _log.error("the worker did not start", text=error.strerror)
