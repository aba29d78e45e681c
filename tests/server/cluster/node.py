"""One ClickHouse server on 127.0.0.1, out of a library: node.py LIBRARY DIRECTORY HTTP_PORT TCP_PORT CONFIG

The library holds the whole of `clickhouse local`, which can listen, but ends with its query. So its query waits.
"""

from __future__ import annotations

import ctypes
import signal
import sys

LISTEN_AND_WAIT = """
    SYSTEM START LISTEN HTTP;
    SYSTEM START LISTEN TCP;
    SELECT sleepEachRow(1) FROM numbers(100000) FORMAT Null
    SETTINGS max_block_size = 1, max_threads = 1, function_sleep_max_microseconds_per_block = 100000000000
"""
PR_SET_PDEATHSIG = 1


def main(library: str, directory: str, http_port: str, tcp_port: str, config: str) -> None:
    # Whatever becomes of the tests: no server outlives them.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    arguments = [
        "clickhouse",
        f"--config-file={config}",
        f"--path={directory}",
        "--listen_host=127.0.0.1",
        f"--http_port={http_port}",
        f"--tcp_port={tcp_port}",
        # Unlike a server, it ends when a peer resets a connection, as one does that has asked two replicas at once.
        "--use_hedged_requests=0",
        f"--query={LISTEN_AND_WAIT}",
    ]
    encoded = [argument.encode() for argument in arguments]
    run = ctypes.CDLL(library).query_stable_v2
    run.restype = ctypes.c_void_p
    run(len(encoded), (ctypes.c_char_p * len(encoded))(*encoded))


if __name__ == "__main__":
    main(*sys.argv[1:])
