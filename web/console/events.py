"""The stream of server-sent events, as text comes in pieces.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""


class EventStream:
    """`feed` it text; it gives the whole events in it, and keeps the rest."""

    def __init__(self) -> None:
        self.retry_ms = 2000  # how long to wait before connecting anew, as the server last said
        self.last_id = ""
        self._rest = ""
        self._name = ""
        self._data = []

    def feed(self, text: str) -> list:
        """The events that are whole now: (name, data) each."""
        lines = (self._rest + text).replace("\r\n", "\n").split("\n")
        self._rest = lines.pop()
        found = []
        for line in lines:
            if line:
                self._take(line)
            elif self._data:
                found.append((self._name or "message", "\n".join(self._data)))
            if not line:
                self._name, self._data = "", []
        return found

    def _take(self, line: str) -> None:
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


def back_off_ms(retry_ms: int, failures: int) -> int:
    """How long to wait after so many failures in a row: twice as long each time, a minute at most."""
    return min(retry_ms * 2 ** max(0, min(failures, 10) - 1), 60_000)
