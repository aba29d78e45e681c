"""Where in the console one is: a page and what it shows, as the part of the address behind `#`.

    #/dashboard?account=acme&range=7d&widget=w1&time_zone=Europe%2FBerlin

The token is never part of it.
"""

RANGES = (
    ("5m", "5 min", "the last 5 minutes", 300),
    ("1h", "1 h", "the last hour", 3600),
    ("24h", "24 h", "the last 24 hours", 86400),
    ("7d", "7 days", "the last 7 days", 7 * 86400),
    ("30d", "30 days", "the last 30 days", 30 * 86400),
    ("90d", "90 days", "the last 90 days", 90 * 86400),
)
RANGE = "7d"
FILTERS = ("widget", "layout", "version")
PAGES = ("dashboard", "settings", "health")
_NAMES = ("account", "range", "from", "to", "time_zone", "view") + FILTERS
_PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~:"
_MAX = 100  # characters of a value; no right one is longer


class Route:
    """A page, and the names and values that say what it shows; unknown ones are left out."""

    def __init__(self, page: str, query: dict) -> None:
        self.page = page if page in PAGES else PAGES[0]
        self.query = {name: query[name] for name in _NAMES if 0 < len(query.get(name, "")) <= _MAX}
        if "from" not in self.query or "to" not in self.query:
            self.query.pop("from", None)
            self.query.pop("to", None)
        if self.query.get("range") not in [each[0] for each in RANGES]:
            self.query.pop("range", None)

    def get(self, name: str, otherwise: str = "") -> str:
        return self.query.get(name, otherwise)

    def with_(self, page: str = "", **changes: str) -> "Route":
        """The route with these values changed; an empty one is taken out. `from_` stands for `from`."""
        query = dict(self.query)
        for name in changes:
            query[name.rstrip("_")] = changes[name]
        return Route(page or self.page, query)

    @property
    def is_zoomed(self) -> bool:
        """Whether it shows a part of the past, and so nothing new comes into it."""
        return "from" in self.query

    @property
    def text(self) -> str:
        """As it stands in the address."""
        pairs = "&".join(f"{name}={quote(self.query[name])}" for name in _NAMES if name in self.query)
        return f"#/{self.page}?{pairs}" if pairs else f"#/{self.page}"

    def dashboard_query(self, time_zone: str) -> str:
        """What to ask the API for, as a URL's query."""
        names = ("from", "to") if self.is_zoomed else ("range",)
        query = {"range": self.get("range", RANGE), "time_zone": time_zone}
        query.update(self.query)
        asked = names + ("time_zone",) + FILTERS
        return "&".join(f"{name}={quote(query[name])}" for name in asked if query.get(name))


def parse(text: str) -> Route:
    """The route in an address's part behind `#`; whatever is wrong in it is left out."""
    path, _, pairs = text.lstrip("#").lstrip("/").partition("?")
    query = {}
    for pair in pairs.split("&"):
        name, _, value = pair.partition("=")
        query[name] = unquote(value)
    return Route(path, query)


def quote(text: str) -> str:
    """Percent-encoded."""
    return "".join(chr(byte) if chr(byte) in _PLAIN else f"%{byte:02X}" for byte in text.encode())


def unquote(text: str) -> str:
    """What percent-encoded text says; an empty string where it is none."""
    parts = text.split("%")
    found = bytearray(parts[0].encode())
    try:
        for part in parts[1:]:
            found.append(int(part[:2], 16))
            found.extend(part[2:].encode())
        return bytes(found).decode()
    except ValueError:  # UnicodeError is one
        return ""
