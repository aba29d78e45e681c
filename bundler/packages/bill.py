"""What goes beside the packages: a bill of materials in CycloneDX, the licences, and a lock to install from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from ..machine import environment
from . import components
from .components import Component

BILL, LICENCES, LOCK = "sbom.cdx.json", "licences.md", "requirements.txt"


def build(directory: Path, version: str, wheels: Sequence[Path]) -> list[Path]:
    """Write the three files into the directory. The same sources give the same bytes.

    BILL has what the server runs on and what the built files were made of, LICENCES the same to read, and LOCK the
    wheels and what they need with all hashes, for `pip install --require-hashes`.
    """
    parts = [*components.python("server"), *components.npm()]
    contents = {
        BILL: json.dumps(_bill(parts, version), indent=1) + "\n",
        LICENCES: _licences(parts),
        LOCK: _lock(wheels),
    }
    for name, content in contents.items():
        (directory / name).write_text(content, encoding="utf-8")
    return [directory / name for name in contents]


def _bill(parts: Sequence[Component], version: str) -> dict[str, object]:
    """CycloneDX 1.6: https://cyclonedx.org/docs/1.6/json/"""
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "bom-ref": "tresta", "name": "tresta-server", "version": version}
        },
        "components": [
            {
                "type": "library",
                "bom-ref": part.purl,
                "name": part.name,
                "version": part.version,
                "purl": part.purl,
                "licenses": [{"license": {"name": part.licence}}],
                "hashes": [{"alg": algorithm, "content": digest} for algorithm, digest in part.hashes],
            }
            for part in parts
        ],
        "dependencies": [{"ref": "tresta", "dependsOn": [part.purl for part in parts]}],
    }


def _licences(parts: Sequence[Component]) -> str:
    rows = "".join(f"| {part.name} | {part.version} | {part.licence} |\n" for part in parts)
    return f"# Licences of third-party packages\n\n| package | version | licence |\n|---|---|---|\n{rows}"


def _lock(wheels: Sequence[Path]) -> str:
    lines = []
    for wheel in wheels:
        name, version = wheel.name.split("-")[:2]
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        lines.append(f"{name.replace('_', '-')}=={version} \\\n    --hash=sha256:{digest}\n")
    return "".join(lines) + environment.lock_file("server").read_text(encoding="utf-8")
