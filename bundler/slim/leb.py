"""Reads and writes WebAssembly's LEB128 numbers: https://webassembly.github.io/spec/core/binary/values.html"""

from __future__ import annotations

I32_CONST, END = 0x41, 0x0B


class Reader:
    """Reads bytes, numbers and names from `position`, which it advances."""

    def __init__(self, content: bytes, position: int = 0) -> None:
        self.content = content
        self.position = position

    def byte(self) -> int:
        self.position += 1
        return self.content[self.position - 1]

    def u32(self) -> int:
        """An unsigned LEB128 number."""
        result = shift = 0
        while True:
            byte = self.byte()
            result |= (byte & 0x7F) << shift
            if byte < 0x80:
                return result
            shift += 7

    def s32(self) -> int:
        """A signed LEB128 number."""
        result = shift = 0
        while True:
            byte = self.byte()
            result |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return result - (1 << shift) if byte & 0x40 else result

    def take(self, size: int) -> bytes:
        self.position += size
        return self.content[self.position - size : self.position]

    def name(self) -> str:
        return self.take(self.u32()).decode()

    def since(self, start: int) -> bytes:
        return self.content[start : self.position]


def u32(number: int) -> bytes:
    """The number in unsigned LEB128."""
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def s32(number: int) -> bytes:
    """The number in signed LEB128."""
    encoded = bytearray()
    while not -0x40 <= number < 0x40:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number & 0x7F)
    return bytes(encoded)


def constant(number: int) -> bytes:
    """The expression `i32.const number` with its end."""
    return bytes([I32_CONST]) + s32(number) + bytes([END])


def sized(content: bytes) -> bytes:
    """The content after its size."""
    return u32(len(content)) + content
