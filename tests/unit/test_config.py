import pytest

from widget.config import DEFAULT_API_URL, embed_config
from widget.design import Design
from widget.errors import ConfigError


def test_a_tag_with_an_id_is_enough():
    config = embed_config({"widgetId": "w1"})
    assert config.content_url == f"{DEFAULT_API_URL}/api/widgets/w1/public"
    assert config.telemetry_url == f"{DEFAULT_API_URL}/telemetry"
    assert config.telemetry


def test_the_api_url_moves_content_and_telemetry():
    config = embed_config({"widgetId": "w1", "apiUrl": " http://127.0.0.1:8082/ "})
    assert config.content_url == "http://127.0.0.1:8082/api/widgets/w1/public"
    assert config.telemetry_url == "http://127.0.0.1:8082/telemetry"


@pytest.mark.parametrize("widget_id", [None, "", "a b", "anna@example.com", "x" * 65, "w1\n", 5, 'w"]'])
def test_a_wrong_id_is_one_sentence(widget_id):
    with pytest.raises(ConfigError, match="data-widget-id"):
        embed_config({"widgetId": widget_id})


@pytest.mark.parametrize(
    "url", ["", "api.example", "javascript:alert(1)", "ftp://a.example", "//a.example", 5, "https://u:p@a.example"]
)
def test_a_wrong_api_url_is_one_sentence(url):
    with pytest.raises(ConfigError, match="data-api-url"):
        embed_config({"widgetId": "w1", "apiUrl": url})


def test_the_owners_choices_win_and_wrong_ones_are_named():
    config = embed_config({"widgetId": "w1", "theme": "Dark", "primaryColor": "red;}", "showRating": "no", "max": "3"})
    design, problems = config.design(Design(theme="light", primary_color="#ffffff", max=9))
    assert (design.theme, design.show_rating, design.max, design.primary_color) == ("dark", False, 3, "#ffffff")
    assert problems == ["primary_color must be a color such as #1a73e8; the default is used."]


def test_python_callers_write_snake_case_and_real_types():
    config = embed_config({"widget_id": "w1", "show_date": False, "max": 4, "telemetry": False})
    assert config.design(Design())[0] == Design(show_date=False, max=4)
    assert not config.telemetry
