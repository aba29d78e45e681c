"""Tresta's widget: Python that shows testimonials in a customer's page.

from widget import mount, TelemetryTracker
mount("#reviews", widget_id="w1")
"""

import sys

from .errors import ConfigError
from .telemetry import TelemetryConfig, TelemetrySampler, TelemetryTracker
from .version import VERSION as __version__
from .widget import Widget, mount

if sys.platform == "emscripten":  # in a browser: trackers and widgets use this page by default
    from .page.browser import open_page

    open_page()

__all__ = [
    "ConfigError",
    "TelemetryConfig",
    "TelemetrySampler",
    "TelemetryTracker",
    "Widget",
    "__version__",
    "mount",
]
