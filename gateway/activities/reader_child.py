"""The child that reads mail: bytes in, a parsed mail out, until its parent is gone.

It knows only the parsers, so that it starts fast and holds nothing worth stealing.
"""

import pickle
import resource
import signal
import struct
import sys
from typing import BinaryIO

from parsers.mail import Bounds, read

LENGTH = struct.Struct("!Q")
READY = b"\x06"
_ADDRESS_SPACE = 2 << 30


def main() -> None:
    """Serve requests on standard input: lengths, the null-sender mark, octets."""
    bounds = Bounds(**pickle.loads(bytes.fromhex(sys.argv[1])))  # noqa: S301
    # Ctrl-C is for the parent, who still has mails to be read.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    sink.write(READY)
    sink.flush()
    while (request := _request(source)) is not None:
        answer = pickle.dumps(read(request, bounds), protocol=pickle.HIGHEST_PROTOCOL)
        sink.write(LENGTH.pack(len(answer)))
        sink.write(answer)
        sink.flush()


def _request(source: BinaryIO) -> bytes | None:
    head = source.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(head)
    return source.read(size)


if __name__ == "__main__":
    main()
