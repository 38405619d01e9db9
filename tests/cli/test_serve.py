"""`parlour serve` as an operator meets it: signals, deaths, ports, a lost database."""

import grp
import os
import signal
import socket
import stat
import time
import urllib.request

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from storage import journal
from storage.activity import Desk
from storage.database import Database
from storage.revision import is_current
from storage.schema import migrate
from tests.cli.served import (
    SECRET,
    Served,
    end,
    is_alive,
    parlour,
    send,
    until,
    write_settings,
)
from tests.postgresql import postgresql_database


def kept(folder):
    database = Database(f"sqlite:///{folder}/data/parlour.db")
    try:
        with database.reading() as session:
            return sum(journal.counts(session).values())
    finally:
        database.close()


def test_it_takes_mail_and_shows_pages_and_stops_in_time(tmp_path):
    with Served(write_settings(tmp_path)) as served:
        ports = served.ready()
        assert send(ports["smtp"]) == 250
        with urllib.request.urlopen(f"http://127.0.0.1:{ports['web']}/healthz") as page:
            assert page.status == 200
        (worker,) = until(served.children)
        begun = time.monotonic()
        served.tell(signal.SIGTERM)
        assert served.ended() == 0
        assert time.monotonic() - begun < 10
        assert not is_alive(worker)
    assert kept(tmp_path) == 1
    assert not [line for line in served.log if " error " in line], served.log


def test_the_worker_ends_with_its_parent(tmp_path):
    with Served(write_settings(tmp_path)) as served:
        served.ready()
        (worker,) = until(served.children)
        end(served.process.pid)
        until(lambda: not is_alive(worker))


def test_a_worker_that_dies_is_replaced(tmp_path):
    with Served(write_settings(tmp_path)) as served:
        served.ready()
        (worker,) = until(served.children)
        end(worker)
        served.logged("the worker died")
        (another,) = until(served.children)
        assert another != worker
        served.tell(signal.SIGINT)
        assert served.ended() == 0


@pytest.mark.parametrize("door", ["smtp", "web"])
def test_a_port_in_use_is_named(tmp_path, door):
    settings = write_settings(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as other:
        place = f"127.0.0.1:{other.getsockname()[1]}"
        variable = {f"PARLOUR_{door.upper()}__LISTEN": place}
        done = parlour("serve", folder=tmp_path, **variable)
    assert settings.exists()
    assert done.returncode == 1
    said = done.stderr.splitlines()[-1]
    assert said.startswith(f"parlour: {door}.listen: cannot listen on {place}")
    assert "the port is in use" in said
    assert "Traceback" not in done.stderr


def test_a_database_that_is_down_is_one_line(tmp_path):
    write_settings(tmp_path, "postgresql+psycopg://nobody:hunter2@127.0.0.1:1/parlour")
    done = parlour("serve", folder=tmp_path)
    assert done.returncode == 1
    (said,) = done.stderr.splitlines()
    assert said.startswith("parlour: database.url: postgresql+psycopg://nobody:***@")
    assert "refused" in said
    assert "hunter2" not in said


def test_a_data_folder_that_cannot_be_is_one_line(tmp_path):
    (tmp_path / "data").write_text("a file stands in the way")
    write_settings(tmp_path, f"sqlite:///{tmp_path}/parlour.db")
    done = parlour("serve", folder=tmp_path)
    assert done.returncode == 1
    (said,) = done.stderr.splitlines()
    assert said.startswith("parlour: data_dir: ")


def test_wrong_settings_are_one_line_and_exit_2(tmp_path):
    write_settings(tmp_path, top="colour = 1")
    done = parlour("serve", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "parlour: parlour.toml: colour: unknown key; remove it or correct it"
    ]


def test_a_schema_is_not_made_without_leave(tmp_path):
    write_settings(tmp_path, top="auto_migrate = false")
    done = parlour("serve", folder=tmp_path)
    assert done.returncode == 1
    assert "run `parlour migrate`" in done.stderr
    assert parlour("migrate", folder=tmp_path).returncode == 0
    with Served(tmp_path / "parlour.toml", "--only", "smtp") as served:
        assert set(served.ready()) == {"smtp"}


def test_roles_alone(tmp_path):
    with Served(write_settings(tmp_path), "--only", "schedule,smtp") as served:
        assert set(served.ready()) == {"smtp"}
        assert not served.children()
        served.tell(signal.SIGTERM)
        assert served.ended() == 0


def test_lmtp_opens_when_it_is_set(tmp_path):
    settings = write_settings(tmp_path, more='[lmtp]\nlisten = "127.0.0.1:0"')
    with Served(settings, "--only", "smtp,lmtp") as served:
        ports = served.ready()
        with socket.create_connection(("127.0.0.1", ports["lmtp"])) as door:
            door.settimeout(10)
            door.recv(1000)
            door.sendall(b"LHLO mx.acme.example\r\n")
            assert door.recv(1000).startswith(b"250")


def lmtp(folder, path="lmtp", more=""):
    """Write settings whose LMTP door is a Unix socket beside them."""
    return write_settings(folder, more=f'[lmtp]\nlisten = "unix:{path}"\n{more}')


def greets(path):
    """Say LHLO at a Unix socket."""
    with socket.socket(socket.AF_UNIX) as door:
        door.settimeout(10)
        door.connect(str(path))
        door.recv(1000)
        door.sendall(b"LHLO mx.acme.example\r\n")
        return door.recv(1000).startswith(b"250")


def rights(path):
    return stat.filemode(path.stat().st_mode)


def test_lmtp_by_a_unix_socket_comes_and_goes_with_the_program(short_path):
    place = short_path / "lmtp"
    with Served(lmtp(short_path), "--only", "lmtp") as served:
        assert served.ready() == {"lmtp": str(place)}
        assert rights(place) == "srw-rw----"
        assert greets(place)
        served.tell(signal.SIGTERM)
        assert served.ended() == 0
    assert not place.exists()


def test_lmtp_by_a_unix_socket_takes_new_settings(short_path):
    settings = lmtp(short_path)
    with Served(settings, "--only", "lmtp") as served:
        served.ready()
        group = grp.getgrgid(os.getgid()).gr_name
        lmtp(short_path, "other", f'socket_mode = "666"\nsocket_group = "{group}"')
        served.tell(signal.SIGHUP)
        assert served.ready() == {"lmtp": str(short_path / "other")}
        assert not (short_path / "lmtp").exists()
        assert rights(short_path / "other") == "srw-rw-rw-"
        assert greets(short_path / "other")
        served.tell(signal.SIGHUP)
        assert served.ready() == {"lmtp": str(short_path / "other")}
        assert greets(short_path / "other")


def test_the_socket_of_a_dead_program_is_replaced(short_path):
    settings = lmtp(short_path)
    with Served(settings, "--only", "lmtp") as served:
        served.ready()
        end(served.process.pid)
        served.ended()
    assert (short_path / "lmtp").is_socket()
    with Served(settings, "--only", "lmtp") as served:
        served.ready()
        assert greets(short_path / "lmtp")


def test_the_socket_of_a_living_program_is_left_alone(short_path):
    settings = lmtp(short_path)
    with Served(settings, "--only", "lmtp") as served:
        served.ready()
        done = parlour("serve", "--only", "lmtp", folder=short_path)
        assert greets(short_path / "lmtp")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        f"parlour: lmtp.listen: cannot listen on unix:{short_path}/lmtp: the socket "
        "is in use; stop the other program or choose another"
    )


@pytest.mark.parametrize(
    ("path", "more", "said"),
    [
        ("parlour.toml", "", "there is a file that is no socket; remove it"),
        ("none/lmtp", "", "none; make it, for this user to write"),
        ("lmtp", 'socket_group = "no-such-group"', 'no group "no-such-group"; make it'),
    ],
)
def test_a_socket_that_cannot_be_is_one_line(short_path, path, more, said):
    lmtp(short_path, path, more)
    done = parlour("serve", "--only", "lmtp", folder=short_path)
    assert done.returncode == 1
    assert said in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_lmtp_without_its_section_is_wrong(tmp_path):
    write_settings(tmp_path)
    done = parlour("serve", "--only", "lmtp", folder=tmp_path)
    assert done.returncode == 2
    assert "[lmtp]" in done.stderr


def test_sighup_takes_new_settings(tmp_path):
    settings = write_settings(tmp_path)
    with Served(settings, "--only", "smtp") as served:
        served.ready()
        settings.write_text(settings.read_text().replace("support@acme", "help@acme"))
        served.tell(signal.SIGHUP)
        ports = served.ready()
        assert send(ports["smtp"]) == 451
        served.logged("a desk is gone from the settings")
    database = Database(f"sqlite:///{tmp_path}/data/parlour.db")
    with database.reading() as session:
        rows = {row.address: row.gone_at for row in session.query(Desk)}
    database.close()
    assert rows["help@acme.example"] is None
    assert rows["support@acme.example"] is not None


def test_sighup_with_a_bad_file_changes_nothing(tmp_path):
    settings = write_settings(tmp_path)
    with Served(settings) as served:
        ports = served.ready()
        (worker,) = until(served.children)
        settings.write_text("secret = ")
        served.tell(signal.SIGHUP)
        served.logged("reload refused")
        assert send(ports["smtp"]) == 250
        # A worker that dies meanwhile goes on with the settings that are in force.
        end(worker)
        (another,) = until(lambda: set(served.children()) - {worker})
        served.tell(signal.SIGTERM)
        assert served.ended() == 0
        assert not is_alive(another)


def test_sighup_that_cannot_work_goes_back(tmp_path):
    settings = write_settings(tmp_path)
    good = settings.read_text()
    with (
        socket.create_server(("127.0.0.1", 0)) as other,
        Served(settings, "--only", "smtp") as served,
    ):
        served.ready()
        taken = f"127.0.0.1:{other.getsockname()[1]}"
        settings.write_text(good.replace("127.0.0.1:0", taken, 1))
        served.tell(signal.SIGHUP)
        served.logged("back to the old settings")
        assert send(served.ready()["smtp"]) == 250


def test_a_database_that_goes_away_comes_back(tmp_path, postgresql_server):
    with postgresql_database(postgresql_server) as url:
        written = url.render_as_string(hide_password=False)
        with Served(write_settings(tmp_path, written)) as served:
            port = served.ready()["smtp"]
            assert send(port) == 250
            _forbid(postgresql_server, url.database, forbidden=True)
            assert send(port) == 451
            served.logged("a role failed")
            _forbid(postgresql_server, url.database, forbidden=False)
            until(lambda: send(port) == 250)
            served.tell(signal.SIGTERM)
            assert served.ended() == 0
        assert not [line for line in served.log if "Traceback" in line]


def _forbid(server, name, *, forbidden):
    """Let nobody into a database, and those inside out."""
    plain = make_url(server).set(drivername="postgresql")
    with psycopg.connect(
        plain.render_as_string(hide_password=False), autocommit=True
    ) as connection:
        connection.execute(
            sql.SQL("ALTER DATABASE {} CONNECTION LIMIT {}").format(
                sql.Identifier(name), sql.Literal(0 if forbidden else -1)
            )
        )
        connection.execute(
            sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(
                sql.Identifier(name), sql.SQL("false" if forbidden else "true")
            )
        )
        if forbidden:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s",
                [name],
            )


def test_the_log_holds_no_address_and_no_secret(tmp_path):
    with Served(write_settings(tmp_path)) as served:
        send(served.ready()["smtp"], text="a body", subject="a subject")
        served.tell(signal.SIGTERM)
        served.ended()
    log = "\n".join(served.log)
    for hidden in (SECRET, "carla@customer.example", "a body", "a subject"):
        assert hidden not in log


def test_migrating_an_empty_database(tmp_path, empty_url):
    write_settings(tmp_path, empty_url)
    done = parlour("migrate", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    database = Database(empty_url)
    assert is_current(database)
    migrate(database)
    database.close()
