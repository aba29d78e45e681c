"""What each error code means, and what its owner can do."""

_MEANINGS = {
    "API_ERROR": (
        "The server failed or could not be reached. Visitors saw an older copy, or a note instead of the testimonials.",
        "Look whether the server was down at that time, and whether the page's policy lets it be reached.",
    ),
    "API_TIMEOUT": (
        "The server did not answer within 5 seconds, three times.",
        "Look at the server's load at that time.",
    ),
    "NOT_FOUND": (
        "A page asks for a widget that the server does not know.",
        "Compare the widget's id on the page with the ids in the settings.",
    ),
    "UNAUTHORIZED": (
        "The server refused the page.",
        "Look at the proxy or the firewall in front of the server: the widgets' content is open to everyone.",
    ),
    "RATE_LIMITED": (
        "The server answered that it was asked too often, three times.",
        "Raise the limit of the proxy in front of the server.",
    ),
    "INVALID_CONTENT": (
        "The answer was not a widget's content.",
        "Look at the widget's content file, and at what stands between the page and the server.",
    ),
    "RENDER_ERROR": (
        "A bug in the widget while it drew.",
        "Compare the versions below. If one of them stands out, put the one before back and report it.",
    ),
    "INVALID_CODE": (
        "A script of the page called trackError with a code of the wrong form.",
        "A code has 1 to 48 of A-Z, 0-9 and _, and begins with a letter.",
    ),
    "OTHER": (
        "Codes beyond the twentieth of one page view.",
        "A script of the page reports very many different codes: use fewer.",
    ),
}
_RUNTIME = (
    "Python could not start in the visitor's browser. The server's drawing stayed.",
    "Look at the page's Content Security Policy, and whether the CDN's files can be loaded.",
)
_OWN = ("A script of your page reported this code.", "Look for it where the page calls trackError.")


def meaning(code: str) -> tuple[str, str]:
    """What the code means, and what to do."""
    if code.startswith("RUNTIME_"):
        return _RUNTIME
    return _MEANINGS.get(code, _OWN)
