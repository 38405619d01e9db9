"""A mail goes all the way through `parlour serve`: in, read, decided, out."""

import signal

from tests.cli.served import Served, parlour, send, until, write_settings
from tests.sink import Sink


def test_a_question_reaches_the_team_and_is_acknowledged(tmp_path, empty_url):
    with Sink() as sink:
        settings = write_settings(tmp_path, empty_url)
        settings.write_text(
            settings.read_text().replace("port = 9", f"port = {sink.port}")
        )
        with Served(settings) as served:
            assert send(served.ready()["smtp"]) == 250
            until(lambda: len(sink.mails) == 2)
            served.tell(signal.SIGTERM)
            assert served.ended() == 0
        done = parlour("check", folder=tmp_path)
    assert {mail.rcpt for mail in sink.mails} == {
        "carla@customer.example",
        "ana@acme.example",
    }
    assert "ok      invariants" in done.stdout, done.stdout
    assert not [line for line in served.log if " error " in line]
