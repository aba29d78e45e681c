"""Runs a ClickHouse server on 127.0.0.1 from a library: listen.py LIBRARY DIRECTORY HTTP_PORT TCP_PORT CONFIG

The library contains `clickhouse local`, which can listen on ports but ends with its query. So the query sleeps.
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
    # End this process with its parent, however that ends.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    arguments = [
        "clickhouse",
        f"--config-file={config}",
        f"--path={directory}",
        "--listen_host=127.0.0.1",
        f"--http_port={http_port}",
        f"--tcp_port={tcp_port}",
        # Hedged requests ask two replicas and reset one connection. `clickhouse local` ends at that, unlike a server.
        "--use_hedged_requests=0",
        f"--query={LISTEN_AND_WAIT}",
    ]
    encoded = [argument.encode() for argument in arguments]
    run = ctypes.CDLL(library).query_stable_v2
    run.restype = ctypes.c_void_p
    run(len(encoded), (ctypes.c_char_p * len(encoded))(*encoded))


if __name__ == "__main__":
    main(*sys.argv[1:])
