"""Which functions run at every visit. A browser tells: each one of WebAssembly marks a global when it is called, and
one of Python's its first instruction (functions.py).
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
MARK = "$p"  # the exported global of the function n is $pn


def instrument(module: Module) -> Module:
    """The module with a mark at the beginning of each function of its own."""
    first = len(module.globals)
    marks = range(len(module.bodies))
    return replace(
        module,
        globals=[*module.globals, *(Global(I32, MUTABLE, constant(0)) for _ in marks)],
        exports=[*module.exports, *(Export(f"{MARK}{n}", GLOBAL, first + n) for n in marks)],
        bodies=[_marked(body, first + n) for n, body in enumerate(module.bodies)],
    )


def _marked(body: bytes, mark: int) -> bytes:
    reader = Reader(body)
    for _ in range(reader.u32()):  # the locals come before any code
        reader.u32()
        reader.byte()
    return body[: reader.position] + b"\x41\x01\x24" + u32(mark) + body[reader.position :]


def pack(functions: Iterable[int], count: int) -> str:
    """The functions, of `count`, as text: one bit each, in Base64."""
    bits = bytearray((count + 7) // 8)
    for function in functions:
        bits[function // 8] |= 1 << function % 8
    return base64.b64encode(bits).decode()


def unpack(text: str) -> Collection[int]:
    """What `pack` was given."""
    bits = base64.b64decode(text)
    return {n for n in range(8 * len(bits)) if bits[n // 8] >> n % 8 & 1}


@dataclass(frozen=True)
class Profile:
    """What some browser has run: functions of the module's, counted as its bodies, and of Python's by their names."""

    code: Collection[int]
    python: Collection[str]


def known(module: Module) -> Profile | None:
    """What the profiles say, or None where they are of another module."""
    profiles = json.loads(PROFILES.read_text(encoding="utf-8"))
    if profiles["code"] != fingerprint(module):
        return None
    return Profile(
        {function for text in profiles["browsers"].values() for function in unpack(text)}, set(profiles["python"])
    )


def fingerprint(module: Module) -> str:
    """What a profile's function numbers hold for: the same code in the same order."""
    digest = hashlib.sha256()
    for body in module.bodies:
        digest.update(u32(len(body)) + body)
    return digest.hexdigest()
