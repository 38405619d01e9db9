"""The processes under test and the machine they run on, as /proc tells it."""

import contextlib
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
TICKS = os.sysconf("SC_CLK_TCK")


def family(root: int) -> list[int]:
    """Give the process and all that descend from it, as far as they live."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parents[int(entry.name)] = int(_stat(int(entry.name))[1])
    found = [root]
    for process in found:
        found += [child for child, parent in parents.items() if parent == process]
    return found


def _stat(process: int) -> list[str]:
    # The name stands in brackets and may hold anything, so begin behind the last one.
    text = Path(f"/proc/{process}/stat").read_text()
    return text[text.rfind(")") + 2 :].split()


def cpu_seconds(root: int) -> float:
    """Give the CPU seconds of the family, with those of children that ended."""
    ticks = 0
    for process in family(root):
        with contextlib.suppress(OSError):
            ticks += sum(int(field) for field in _stat(process)[11:15])
    return ticks / TICKS


def memory_mb(root: int) -> tuple[float, float]:
    """Give resident and proportional memory of the family in MB (10^6 octets)."""
    rss = pss = 0
    for process in family(root):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
                name, _, value = line.partition(":")
                if name == "Rss":
                    rss += int(value.split()[0])
                elif name == "Pss":
                    pss += int(value.split()[0])
    return rss * 1024 / 1e6, pss * 1024 / 1e6


class Watch(threading.Thread):
    """Notes the peak memory of a family while it works."""

    def __init__(self, root: int) -> None:
        """Begin at once."""
        super().__init__(daemon=True)
        self.root, self.rss_mb, self.pss_mb = root, 0.0, 0.0
        self.over = threading.Event()
        self.start()

    def run(self) -> None:
        """Look a few times a second, so that looking costs little."""
        while not self.over.wait(0.4):
            self.look()

    def look(self) -> None:
        """Look once."""
        rss, pss = memory_mb(self.root)
        self.rss_mb, self.pss_mb = max(self.rss_mb, rss), max(self.pss_mb, pss)

    def stop(self) -> None:
        """Look a last time and end."""
        self.over.set()
        self.join()
        self.look()


@contextmanager
def running(
    *command: str,
    ready: bool = True,
    talk: bool = False,
    log: Path | None = None,
    seconds: float = 15,
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a process, give it and its first line, and end it with all its children."""
    # A bench that is told to stop must still end what it began.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    said = log.open("w") if log else None
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE if talk else subprocess.DEVNULL,
        stdout=subprocess.PIPE if ready else said,
        stderr=said,
        text=True,
        start_new_session=True,
    )
    try:
        first = process.stdout.readline().strip() if process.stdout else ""
        if ready and not first:
            raise RuntimeError(f"{command} ended before it was ready")
        yield process, first
    finally:
        end(process, seconds)


def end(process: subprocess.Popen[str], seconds: float) -> None:
    """Ask the process to stop; what is left of its own session then is killed."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder that is removed; in the tree, because /tmp may be no disk."""
    RESULTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="run-", dir=RESULTS) as place:
        yield Path(place)


def fsync_ms() -> float:
    """Give the median time to bring 4 kB onto stable storage in a scratch folder."""
    times = []
    with scratch() as folder, (folder / "probe").open("wb", buffering=0) as probe:
        for _ in range(50):
            start = time.perf_counter()
            probe.write(bytes(4096))
            os.fsync(probe.fileno())
            times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def own(module: str, *arguments: str) -> tuple[str, ...]:
    """Give the command that runs a module of the bench."""
    return (sys.executable, "-m", f"bench.{module}", *arguments)


def free_port() -> int:
    """Give a port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, process: subprocess.Popen[str], seconds: float) -> None:
    """Wait until somebody answers there.

    Raises RuntimeError when the process ends first, TimeoutError after `seconds`.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"it ended with status {process.returncode}")
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as probe:
                probe.recv(1)
                return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"nobody answers on port {port}")


def describe() -> str:
    """Say what machine this is, in one line."""
    model = "unknown processor"
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return (
        f"{len(os.sched_getaffinity(0))} cores of {model}, {memory:.0f} GB, "
        f"{platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, fsync of 4 kB {fsync_ms():.2f} ms"
    )
