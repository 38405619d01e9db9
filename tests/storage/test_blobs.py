"""Large mails in files: kept once, whole, and found again."""

import hashlib
import os
import threading
from pathlib import Path

import pytest

from storage.blobs import Blobs

MAIL = b"Subject: large\r\n\r\n" + b"x" * 300_000
DIGEST = hashlib.sha256(MAIL).hexdigest()


@pytest.fixture
def blobs(tmp_path):
    return Blobs(tmp_path / "data" / "blobs")


def files(blobs):
    return [path for path in blobs.folder.rglob("*") if path.is_file()]


def test_what_was_kept_is_found(blobs):
    assert not blobs.has(DIGEST)
    blobs.keep(DIGEST, MAIL)
    assert blobs.has(DIGEST)
    assert blobs.get(DIGEST) == MAIL


def test_keeping_twice_is_keeping_once(blobs):
    blobs.keep(DIGEST, MAIL)
    before = files(blobs)[0].stat().st_mtime_ns
    blobs.keep(DIGEST, MAIL)
    assert [path.stat().st_mtime_ns for path in files(blobs)] == [before]


def test_many_may_keep_the_same_at_once(blobs):
    threads = [
        threading.Thread(target=blobs.keep, args=(DIGEST, MAIL)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [path.name for path in files(blobs)] == [DIGEST]
    assert blobs.get(DIGEST) == MAIL


def test_what_is_missing_raises(blobs):
    with pytest.raises(FileNotFoundError):
        blobs.get(DIGEST)


@pytest.mark.parametrize(
    "digest", ["", "../../etc/passwd", DIGEST.upper(), DIGEST + "0"]
)
def test_a_name_that_is_no_digest_is_refused(blobs, digest):
    for use in (blobs.get, blobs.has, lambda name: blobs.keep(name, MAIL)):
        with pytest.raises(ValueError, match="SHA-256"):
            use(digest)


def test_a_fault_leaves_nothing_half_written(blobs, monkeypatch):
    def broken(handle):
        raise OSError(5, "Input/output error")

    blobs.keep(hashlib.sha256(b"other").hexdigest(), b"other")
    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="Input/output"):
        blobs.keep(DIGEST, MAIL)
    monkeypatch.undo()
    assert not blobs.has(DIGEST)
    assert len(files(blobs)) == 1
    blobs.keep(DIGEST, MAIL)
    assert blobs.get(DIGEST) == MAIL


def test_file_and_folders_are_synced_before_it_returns(blobs, monkeypatch):
    synced = []
    sync = os.fsync

    def watched(handle):
        synced.append(Path(f"/proc/self/fd/{handle}").readlink())
        sync(handle)

    monkeypatch.setattr(os, "fsync", watched)
    blobs.keep(DIGEST, MAIL)
    folder = blobs.folder / DIGEST[:2]
    # The folder of the name comes after the octets of the file.
    assert synced[-1] == folder
    assert synced[-2].parent == folder
    assert {blobs.folder, blobs.folder.parent} <= set(synced)
