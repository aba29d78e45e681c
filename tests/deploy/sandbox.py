"""Runs a command under the system call filter of a unit: `sandbox.py UNIT COMMAND...`.

systemd loads a unit's filter with libseccomp. This program loads the same rules with the same library, so that a test
needs no systemd that runs. It applies SystemCallFilter=, RestrictAddressFamilies= and NoNewPrivileges=; with
MemoryDenyWriteExecute=yes in the unit it also refuses memory that can be written and executed.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import errno
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ALLOW = 0x7FFF0000
REFUSE = 0x00050000 | errno.EPERM
EQUAL, MASKED_EQUAL = 4, 7  # libseccomp's comparisons
PROT_EXEC = 4


class Comparison(ctypes.Structure):
    """libseccomp's condition on one argument of a system call."""

    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


def settings(unit: Path) -> dict[str, list[str]]:
    """Every setting of a unit with all its values, in their order."""
    values: dict[str, list[str]] = {}
    for line in unit.read_text(encoding="utf-8").splitlines():
        if line[:1].isalpha():
            name, _, value = line.partition("=")
            values.setdefault(name, []).append(value)
    return values


def system_calls(name: str) -> Iterator[str]:
    """The system calls of a name, which may be a group such as @system-service."""
    if not name.startswith("@"):
        yield name
        return
    listing = subprocess.run(
        ["systemd-analyze", "syscall-filter", name], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    for line in listing.splitlines()[1:]:
        if line.strip() and not line.strip().startswith("#"):
            yield from system_calls(line.strip())


def allowed(filters: list[str]) -> set[str]:
    """The system calls that the values of SystemCallFilter= leave. systemd itself always adds @default."""
    calls = set(system_calls("@default"))
    for value in filters:
        names = {call for name in value.lstrip("~").split() for call in system_calls(name)}
        calls = calls - names if value.startswith("~") else calls | names
    return calls


def load(unit: Path) -> None:
    """Puts this process, and what it starts, under the unit's filter."""
    library = ctypes.CDLL(ctypes.util.find_library("seccomp"))
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(REFUSE))
    values = settings(unit)
    families = [int(getattr(socket, name)) for name in values["RestrictAddressFamilies"][0].split()]
    deny_write_execute = values.get("MemoryDenyWriteExecute") == ["yes"]

    def allow(call: str, *comparisons: Comparison) -> None:
        number = library.seccomp_syscall_resolve_name(call.encode())
        array = (Comparison * len(comparisons))(*comparisons)
        if number >= 0:  # else this processor has no such call
            code = library.seccomp_rule_add_array(context, ALLOW, number, len(comparisons), array)
            assert code == 0, f"{call}: {os.strerror(-code)}"

    for call in allowed(values["SystemCallFilter"]):
        if call == "socket":
            for family in families:
                allow(call, Comparison(0, EQUAL, family))
        elif call in ("mprotect", "pkey_mprotect") and deny_write_execute:
            allow(call, Comparison(2, MASKED_EQUAL, PROT_EXEC, 0))
        else:
            allow(call)
    assert library.seccomp_load(context) == 0  # it sets NoNewPrivileges, too


if __name__ == "__main__":
    load(Path(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])
