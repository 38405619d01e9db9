"""Puts fetched mails out of the way, and makes up for what was left undone."""

import time
from collections.abc import Sequence

from gateway.inbound.imap.folder import Folder
from storage import mailbox as mailboxes
from storage.database import Database
from storage.mailbox import Fetched, Todo

BATCH = 100
"""Mails that are put away together."""
AGAIN_SECONDS = 600.0
"""How long mails that could not be put away are left alone."""


class Away:
    """What is still to be done with the fetched mails of one folder."""

    def __init__(self, database: Database, mailbox_id: int) -> None:
        """Take the folder's row."""
        self._database = database
        self._mailbox = mailbox_id
        self._again_at = float("-inf")

    @property
    def has_rest(self) -> bool:
        """Whether something could not be done and waits for another try."""
        return time.monotonic() < self._again_at

    def put(self, folder: Folder, fetched: Sequence[Fetched]) -> None:
        """Move or mark mails whose journal rows are committed.

        What cannot be done is done later; raises what a broken connection raises.
        """
        by_todo: dict[Todo, list[int]] = {}
        for each in fetched:
            by_todo.setdefault(each.todo, []).append(each.uid)
        done: list[int] = []
        for todo, put in ((Todo.MOVE, folder.put_away), (Todo.FLAG, folder.flag)):
            if not (uids := by_todo.get(todo)):
                continue
            if put(uids):
                done += uids
            else:
                self._again_at = time.monotonic() + AGAIN_SECONDS
        self._note(folder, done)

    def put_rest(self, folder: Folder) -> None:
        """Do what was left undone after a commit, by us or by whoever died."""
        uidvalidity = folder.seen.uidvalidity
        while not self.has_rest:
            with self._database.reading() as session:
                rest = mailboxes.waiting(
                    session, self._mailbox, uidvalidity=uidvalidity, most=BATCH
                )
            self.put(
                folder,
                [
                    Fetched(self._mailbox, uidvalidity, uid, todo)
                    for uid, todo in rest.items()
                ],
            )
            if len(rest) < BATCH:
                return

    def _note(self, folder: Folder, uids: Sequence[int]) -> None:
        if not uids:
            return
        # It may be lost with the power: then it is done again, which does nothing.
        with self._database.transaction(lax=True) as session:
            mailboxes.put_away(
                session,
                self._mailbox,
                uidvalidity=folder.seen.uidvalidity,
                uids=uids,
            )
