import pytest

from widget.config import DEFAULT_API_URL, embed_config
from widget.design import Design
from widget.errors import ConfigError


def test_the_id_is_the_only_required_attribute():
    config = embed_config({"widgetId": "w1"})
    assert config.content_url("") == f"{DEFAULT_API_URL}/api/widgets/w1/public"
    assert config.telemetry_url == f"{DEFAULT_API_URL}/telemetry"
    assert config.telemetry


def test_the_api_url_moves_content_and_telemetry():
    config = embed_config({"widgetId": "w1", "apiUrl": " http://127.0.0.1:8082/ "})
    assert config.content_url("") == "http://127.0.0.1:8082/api/widgets/w1/public"
    assert config.telemetry_url == "http://127.0.0.1:8082/telemetry"


@pytest.mark.parametrize("widget_id", [None, "", "a b", "anna@example.com", "x" * 65, "w1\n", 5, 'w"]'])
def test_an_invalid_id_is_a_config_error(widget_id):
    with pytest.raises(ConfigError, match="data-widget-id"):
        embed_config({"widgetId": widget_id})


@pytest.mark.parametrize(
    "url", ["", "api.example", "javascript:alert(1)", "ftp://a.example", "//a.example", 5, "https://u:p@a.example"]
)
def test_an_invalid_api_url_is_a_config_error(url):
    with pytest.raises(ConfigError, match="data-api-url"):
        embed_config({"widgetId": "w1", "apiUrl": url})


def test_the_owners_options_override_the_design_and_invalid_ones_are_reported():
    config = embed_config({"widgetId": "w1", "theme": "Dark", "primaryColor": "red;}", "showRating": "no", "max": "3"})
    design, problems = config.design(Design(theme="light", primary_color="#ffffff", max=9))
    assert (design.theme, design.show_rating, design.max, design.primary_color) == ("dark", False, 3, "#ffffff")
    assert problems == ["primary_color must be a color such as #1a73e8; the default is used."]


def test_options_may_be_in_snake_case_with_python_types():
    config = embed_config({"widget_id": "w1", "show_date": False, "max": 4, "telemetry": False})
    assert config.design(Design())[0] == Design(show_date=False, max=4)
    assert not config.telemetry
