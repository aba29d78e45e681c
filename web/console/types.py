"""Types for mypy. MicroPython has no `typing` and does not evaluate annotations."""

TYPE_CHECKING = False  # True for mypy
if TYPE_CHECKING:
    from collections.abc import Callable as Callable
    from collections.abc import Coroutine as Coroutine
    from typing import Any as Any

    Json = dict[str, Any]
    Element = Any
    Event = Any
    Handler = Callable[[Event, Element], object]
else:
    Any = Callable = Coroutine = Element = Event = Handler = Json = object
