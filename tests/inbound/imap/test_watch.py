"""A mailbox is watched: what comes is in the journal, and then out of the way."""

from tests.inbound.imap.conftest import mail


def test_a_new_mail_is_kept_and_moved(make_room, database):
    room = make_room(database)
    room.watch()
    room.box.append(mail())
    (row,) = room.await_kept(1)
    assert (row.door, row.peer, row.trusted) == ("imap", room.account.name, True)
    assert row.sender == "ann@customer.example"
    assert row.recipients == ["support@acme.example"]
    assert row.values == {}
    assert room.raws() == [mail()]
    room.await_moved(1)
    assert room.todo() == ["nothing"]
