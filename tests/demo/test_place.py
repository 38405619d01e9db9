"""Where the demo lives: free ports, and no folder but its own is ever wiped."""

import socket

import pytest

from gateway.demo.place import DemoError, choose_ports, make_folder


def test_any_free_port_will_do():
    ports = choose_ports(0, 0)
    assert ports.smtp > 0
    assert ports.base_url == f"http://127.0.0.1:{ports.web}"


def test_a_port_that_is_taken_is_one_clear_line():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(DemoError) as refused:
            choose_ports(0, taken)
    assert str(refused.value) == (
        f"port {taken} for pages is in use; end the other program, or choose another "
        "port with --port-web"
    )


def test_the_folder_is_wiped_at_each_start(tmp_path):
    folder = tmp_path / "demo"
    make_folder(folder)
    (folder / "left over").write_text("x")
    make_folder(folder)
    assert not (folder / "left over").exists()


def test_somebody_elses_folder_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("x")
    with pytest.raises(DemoError, match="not empty and no folder of the demo"):
        make_folder(tmp_path)
    assert (tmp_path / "thesis.txt").exists()


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(DemoError, match="cannot be used"):
        make_folder(tmp_path / "file" / "demo")
