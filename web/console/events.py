"""A reader of server-sent events, from text that comes in pieces.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""


class EventStream:
    """`feed` takes text and returns the complete events in it; an incomplete one waits for the next text."""

    def __init__(self) -> None:
        self.retry_ms = 2000  # the delay before reconnecting; the server may change it
        self.last_id = ""
        self._rest = ""
        self._name = ""
        self._data: list[str] = []

    def feed(self, text: str) -> list[tuple[str, str]]:
        """Returns the name and the data of each event that this text completes."""
        lines = (self._rest + text).replace("\r\n", "\n").split("\n")
        self._rest = lines.pop()
        events = []
        for line in lines:
            if line:
                self._read_field(line)
            elif self._data:
                events.append((self._name or "message", "\n".join(self._data)))
            if not line:
                self._name, self._data = "", []
        return events

    def _read_field(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._name = value
        elif name == "id":
            self.last_id = value
        elif name == "retry" and value.isdigit():
            self.retry_ms = int(value)


_LONGEST_MS = 4000  # so that the console is back within 5 seconds after an outage


def back_off_ms(retry_ms: int, failures: int) -> int:
    """The delay before the next try: doubled with each failure in a row, at most 4 seconds."""
    delay_ms: int = retry_ms * 2 ** max(0, min(failures, 10) - 1)
    return min(delay_ms, _LONGEST_MS)
