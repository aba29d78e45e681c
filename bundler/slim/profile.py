"""Which functions run at every visit, recorded in browsers.

An instrumented WebAssembly function sets a global when it is called; a Python function changes its first instruction
(see functions.py).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from .leb import Reader, constant, u32
from .wasm import GLOBAL, I32, MUTABLE, Export, Global, Module

PROFILES = Path(__file__).with_name("profiles.json")
MARK = "$p"  # function n has the exported global $pn


def instrument(module: Module) -> Module:
    """The module in which each function sets its own exported global when it is called."""
    first = len(module.globals)
    marks = range(len(module.bodies))
    return replace(
        module,
        globals=[*module.globals, *(Global(I32, MUTABLE, constant(0)) for _ in marks)],
        exports=[*module.exports, *(Export(f"{MARK}{n}", GLOBAL, first + n) for n in marks)],
        bodies=[_with_mark(body, first + n) for n, body in enumerate(module.bodies)],
    )


def _with_mark(body: bytes, mark: int) -> bytes:
    reader = Reader(body)
    for _ in range(reader.u32()):  # the locals come before any code
        reader.u32()
        reader.byte()
    return body[: reader.position] + b"\x41\x01\x24" + u32(mark) + body[reader.position :]


def pack(functions: Iterable[int], count: int) -> str:
    """The set of functions as text: `count` bits in Base64."""
    bits = bytearray((count + 7) // 8)
    for function in functions:
        bits[function // 8] |= 1 << function % 8
    return base64.b64encode(bits).decode()


def unpack(text: str) -> Collection[int]:
    """The set of functions in a text from `pack`."""
    bits = base64.b64decode(text)
    return {n for n in range(8 * len(bits)) if bits[n // 8] >> n % 8 & 1}


@dataclass(frozen=True)
class Profile:
    """The functions that some browser ran: those of the module by the index of their body, Python's by name."""

    code: Collection[int]
    python: Collection[str]


def load(module: Module) -> Profile | None:
    """The profiles of all browsers in one, or None if they are of another module."""
    profiles = json.loads(PROFILES.read_text(encoding="utf-8"))
    if profiles["code"] != fingerprint(module):
        return None
    return Profile(
        {function for text in profiles["browsers"].values() for function in unpack(text)}, set(profiles["python"])
    )


def fingerprint(module: Module) -> str:
    """A hash of the functions' code in their order, which the numbers in a profile depend on."""
    digest = hashlib.sha256()
    for body in module.bodies:
        digest.update(u32(len(body)) + body)
    return digest.hexdigest()
