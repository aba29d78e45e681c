"""The third-party packages that a release contains or needs, from the locks: names, versions, hashes and licences."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata

from ..machine import environment, node

# How packages name their licence where they do not use an SPDX expression.
_CLASSIFIER = "License :: OSI Approved :: "
_UNKNOWN = "not stated in its metadata"


@dataclass(frozen=True)
class Component:
    """A package. `hashes` has each file's algorithm, as CycloneDX names it, and its digest in hexadecimal digits."""

    name: str
    version: str
    purl: str
    licence: str
    hashes: tuple[tuple[str, str], ...]


def python(*groups: str) -> list[Component]:
    """The packages in the locks of these dependency groups, sorted by name."""
    entries = {entry for group in groups for entry in _entries(group)}
    return sorted((_python(entry) for entry in entries), key=lambda component: (component.name, component.version))


def npm() -> list[Component]:
    """The packages in package-lock.json that the build takes files from, sorted by name."""
    lock = json.loads(node.LOCK.read_text(encoding="utf-8"))
    # A set, because two packages may each have their own copy of a third.
    found = {_npm(path.rpartition("node_modules/")[2], entry) for path, entry in lock["packages"].items() if path}
    return sorted(found, key=lambda component: (component.name, component.version))


def _entries(group: str) -> Iterator[str]:
    yield from re.split(r"\n(?=[a-z])", environment.lock_file(group).read_text(encoding="utf-8").strip())


def _python(entry: str) -> Component:
    name, _, version = entry.split()[0].partition("==")
    hashes = tuple(("SHA-256", digest) for digest in re.findall(r"--hash=sha256:([0-9a-f]{64})", entry))
    return Component(name, version, f"pkg:pypi/{name}@{version}", _licence(name), hashes)


def _licence(name: str) -> str:
    """What the installed package says. A package for other systems is not installed here."""
    try:
        stated = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return _UNKNOWN

    def first(field: str) -> str:
        return str((stated.get_all(field) or [""])[0]).strip()

    classifiers = [line.removeprefix(_CLASSIFIER) for line in stated.get_all("Classifier") or [] if _CLASSIFIER in line]
    text = first("License")
    short = text if "\n" not in text and len(text) < 60 else ""  # some have the whole licence there
    return first("License-Expression") or short or ", ".join(classifiers) or _UNKNOWN


def _npm(name: str, entry: dict[str, str]) -> Component:
    algorithm, _, digest = entry["integrity"].partition("-")
    hashes = ((algorithm.upper().replace("SHA", "SHA-"), base64.b64decode(digest).hex()),)
    purl = f"pkg:npm/{name.replace('@', '%40')}@{entry['version']}"
    return Component(name, entry["version"], purl, entry.get("license", _UNKNOWN), hashes)
