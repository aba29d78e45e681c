"""`bench --fuzz`: a coverage-guided fuzzer on the parser of batches, in a process of its own.

The parser takes any bytes. It returns reports that it takes again once encoded, or raises EventRejected.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from widget.telemetry.schema import DIGEST

from ..machine.environment import ROOT
from ..machine.errors import BuildError

SEEDS = (
    b'{"schema":1,"widgets":[{"widget":"w1","version":"0.1.0","rate":0.5,"loads":[{"layout":"grid","load_ms":412}],'
    b'"errors":{"API_ERROR":2},"interactions":{"grid":3}}]}',
    b'{"schema":2,"digest":"%s","widgets":[{"widget":"w1","version":"0.1.0","rate":1,"loads":[{"layout":"grid","load_ms":412,'
    b'"content_ms":300,"wanted_ms":420,"ready_ms":900,"report_ms":960}],"errors":{},"interactions":{}}]}'
    % DIGEST.encode(),
    b'{"schema":1,"widgets":[]}',
    b"[1e400]",
)


def bench(executions: int) -> str:
    """Run the fuzzer for so many inputs, and return its last line. Raises BuildError with the input that broke it."""
    with tempfile.TemporaryDirectory(prefix="tresta-fuzz-") as directory:
        corpus = Path(directory) / "corpus"
        corpus.mkdir()
        for number, seed in enumerate(SEEDS):
            (corpus / str(number)).write_bytes(seed)
        options = [f"-runs={executions}", "-max_len=9000", "-seed=1", "-print_final_stats=1", "-timeout=5"]
        command = [sys.executable, "-m", "bundler.bench.fuzz", f"-artifact_prefix={directory}/", *options, str(corpus)]
        process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        broken = [path.read_bytes() for path in Path(directory).iterdir() if path.is_file()]
    if process.returncode or broken:
        tail = "\n".join(process.stderr.splitlines()[-30:])
        raise BuildError(f"The parser of batches breaks with {broken[:1]!r}.\n{tail}")
    lines = [line for line in process.stderr.splitlines() if line.startswith(("stat::", "Done"))]
    return "\n".join(lines)


def _fuzz() -> None:
    import atheris

    with atheris.instrument_imports(include=["widget"]):
        from widget.errors import EventRejected
        from widget.telemetry.parser import parse
        from widget.telemetry.schema import encode

    def once(data: bytes) -> None:
        try:
            reports = parse(data)
        except EventRejected:
            return
        for report in reports:
            report.has_stages = True  # as of a page of now: that is how they are encoded
        if parse(encode(reports).encode()) != reports:
            raise AssertionError("The reports are others once encoded and parsed again.")

    atheris.Setup(sys.argv, once)
    atheris.Fuzz()


if __name__ == "__main__":
    _fuzz()
