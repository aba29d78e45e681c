"""asyncio, whose modules for sockets and processes are imported when one of their names is first used."""

from .coroutines import *
from .events import *
from .exceptions import *
from .futures import *
from .locks import *
from .queues import *
from .runners import *
from .taskgroups import *
from .tasks import *
from .timeouts import *

_LATER = ("graph", "base_events", "protocols", "streams", "subprocess", "threads", "transports", "unix_events")
# The bases of Pyodide's event loop policy. The Unix policy differs only in its loop, which opens sockets.
_POLICIES = {
    "AbstractEventLoopPolicy": "_AbstractEventLoopPolicy",
    "DefaultEventLoopPolicy": "_BaseDefaultEventLoopPolicy",
}


def __getattr__(name):
    from importlib import import_module

    if name in _POLICIES:
        return getattr(events, _POLICIES[name])
    if not name.startswith("__"):
        for module in _LATER:
            submodule = import_module(f"{__name__}.{module}")
            if name in submodule.__all__:
                return getattr(submodule, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
