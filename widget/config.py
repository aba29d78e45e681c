"""The owner's options, from the script tag's attributes or from `mount`'s arguments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .design import Design, is_language, parse_design
from .errors import ConfigError
from .telemetry.config import is_http_url
from .telemetry.consent import attribute_allows
from .telemetry.schema import is_widget_id

DEFAULT_API_URL = "https://api.tresta.app"

_CAPITAL = re.compile("[A-Z]")


@dataclass(frozen=True)
class EmbedConfig:
    """`values` are all options by field name. Those about the design override the API's."""

    widget_id: str
    api_url: str
    telemetry: bool
    values: Mapping[str, object]

    def content_url(self, page_language: str) -> str:
        """The content's address, with the language of the options and that of the page, as far as there are any."""
        tags = {"language": self.values.get("language"), "lang": page_language}
        query = "&".join(f"{name}={tag}" for name, tag in tags.items() if is_language(tag))
        return f"{self.api_url}/api/widgets/{self.widget_id}/public{query and '?' + query}"

    @property
    def telemetry_url(self) -> str:
        """Telemetry goes to the server that the content comes from."""
        return f"{self.api_url}/telemetry"

    def design(self, base: Design) -> tuple[Design, list[str]]:
        """The base design with the owner's options on top, and a sentence for each invalid option."""
        return parse_design(self.values, base)


def embed_config(values: Mapping[str, object]) -> EmbedConfig:
    """From a tag's dataset or from options, in camelCase or snake_case.

    Raises ConfigError for a missing or malformed id and for a malformed API URL.
    """
    values = {_snake(name): value for name, value in values.items() if value is not None}
    widget_id, api_url = values.get("widget_id"), values.get("api_url", DEFAULT_API_URL)
    if not isinstance(widget_id, str) or not is_widget_id(widget_id):
        raise ConfigError("data-widget-id must be the widget's id: 1 to 64 letters, digits, - or _.")
    api_url = api_url.strip().rstrip("/") if isinstance(api_url, str) else api_url
    if not isinstance(api_url, str) or not is_http_url(api_url):
        raise ConfigError(f"data-api-url must be an http or https URL, such as {DEFAULT_API_URL}.")
    return EmbedConfig(widget_id, api_url, _allows(values.get("telemetry", True)), values)


def _allows(telemetry: object) -> bool:
    """Whether `mount`'s option leaves telemetry on. `consent` reads the tag's attribute itself."""
    return attribute_allows(telemetry) if isinstance(telemetry, str) else telemetry is True


def _snake(name: str) -> str:
    return _CAPITAL.sub(lambda letter: "_" + letter[0].lower(), name)
