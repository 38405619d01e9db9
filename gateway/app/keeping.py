"""What the doors for mail share: the one journal writer, and who may be written to."""

import asyncio
from dataclasses import dataclass

from gateway.activities.house import House
from gateway.app.build import former_desks
from gateway.inbound.receive import Journalist
from gateway.inbound.recipients import Recipients


@dataclass(frozen=True, slots=True)
class Keeping:
    """The way into the journal; opened before the doors, closed behind them."""

    journalist: Journalist
    recipients: Recipients

    @classmethod
    async def begin(cls, house: House) -> "Keeping":
        """Start the journal writer."""
        gone = await asyncio.to_thread(former_desks, house)
        journalist = Journalist(
            house.database,
            house.blobs,
            wake=house.wake,
            free_disk_mb=house.limits.free_disk_mb,
        )
        return cls(journalist, Recipients(house.desks, house.sealer, gone))

    async def end(self) -> None:
        """Finish what was handed over."""
        await asyncio.to_thread(self.journalist.close)
