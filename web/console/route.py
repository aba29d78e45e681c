"""A place in the console: a page and its choices, as the part of the address after `#`.

    #/dashboard?account=acme&range=7d&widget=w1&time_zone=Europe%2FBerlin

The token is never part of it.
"""

# A range's name in the API, its button's text, its name in sentences, and its length in seconds.
RANGES = (
    ("5m", "5 min", "the last 5 minutes", 300),
    ("1h", "1 h", "the last hour", 3600),
    ("24h", "24 h", "the last 24 hours", 86400),
    ("7d", "7 days", "the last 7 days", 7 * 86400),
    ("30d", "30 days", "the last 30 days", 30 * 86400),
    ("90d", "90 days", "the last 90 days", 90 * 86400),
)
RANGE = "7d"
NAMED = ("widget", "layout", "version", "region")
FILTERS = NAMED + ("not_widget", "not_layout", "not_version", "not_region")
PAGES = ("dashboard", "experiments", "alerts", "settings", "health")
_NAMES = ("account", "range", "from", "to", "time_zone", "view") + FILTERS
_PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~:"
_MAX = 100  # characters; no valid value is longer


class Route:
    """A page and its choices by name. Drops unknown names, unknown ranges and values that are too long."""

    def __init__(self, page: str, query: dict[str, str]) -> None:
        self.page = page if page in PAGES else PAGES[0]
        self.query = {name: query[name] for name in _NAMES if 0 < len(query.get(name, "")) <= _MAX}
        if "from" not in self.query or "to" not in self.query:
            self.query.pop("from", None)
            self.query.pop("to", None)
        if self.query.get("range") not in [name for name, _, _, _ in RANGES]:
            self.query.pop("range", None)

    def get(self, name: str, default: str = "") -> str:
        return self.query.get(name, default)

    def with_(self, page: str = "", **changes: str) -> "Route":
        """The route with these values changed. An empty value removes one; `from_` means `from`."""
        query = dict(self.query)
        for name in changes:
            query[name.rstrip("_")] = changes[name]
        return Route(page or self.page, query)

    def filter(self, name: str) -> str:
        """The choice of a filter: a name, `!name` for all but that one, or an empty string for all."""
        but = self.get(f"not_{name}")
        return self.get(name) or (f"!{but}" if but else "")

    def with_filter(self, name: str, choice: str) -> "Route":
        """The route with a filter's choice, in the form of `filter`."""
        is_not = choice.startswith("!")
        return self.with_(**{name: "" if is_not else choice, f"not_{name}": choice[1:] if is_not else ""})

    @property
    def is_filtered(self) -> bool:
        return any(self.get(name) for name in FILTERS)

    @property
    def is_zoomed(self) -> bool:
        """True for a fixed part of the past, which new data does not change."""
        return "from" in self.query

    @property
    def text(self) -> str:
        """The part of the address from `#` on."""
        pairs = "&".join(f"{name}={quote(self.query[name])}" for name in _NAMES if name in self.query)
        return f"#/{self.page}?{pairs}" if pairs else f"#/{self.page}"

    def dashboard_query(self, time_zone: str) -> str:
        """The query of the API's URL for this dashboard."""
        names = ["from", "to"] if self.is_zoomed else ["range"]
        query = {"range": self.get("range", RANGE), "time_zone": time_zone}
        query.update(self.query)
        names += ("time_zone",) + FILTERS
        return "&".join(f"{name}={quote(query[name])}" for name in names if query.get(name))


def parse(text: str) -> Route:
    """The route in the address after `#`, without anything that is not valid."""
    path, _, pairs = text.lstrip("#").lstrip("/").partition("?")
    query = {}
    for pair in pairs.split("&"):
        name, _, value = pair.partition("=")
        query[name] = unquote(value)
    return Route(path, query)


def quote(text: str) -> str:
    """Percent-encodes a text."""
    return "".join(chr(byte) if chr(byte) in _PLAIN else f"%{byte:02X}" for byte in text.encode())


def unquote(text: str) -> str:
    """Decodes a percent-encoded text; returns an empty string if it is malformed."""
    parts = text.split("%")
    data = bytearray(parts[0].encode())
    try:
        for part in parts[1:]:
            data.append(int(part[:2], 16))
            data.extend(part[2:].encode())
        return bytes(data).decode()
    except ValueError:  # or UnicodeError, its subclass
        return ""
