import pytest

from widget.page.bridge import PrivacySignals
from widget.telemetry.consent import Consent
from widget.testing import FakeBridge


class NullFromJavaScript:
    """JavaScript's `null` in Python: it is not None, and not a signal."""


def consent(bridge, **enabled):
    return Consent(bridge, "w1", enabled=enabled.get("enabled", True))


def test_without_a_refusal_telemetry_is_allowed():
    assert consent(FakeBridge()).refused_by() is None


@pytest.mark.parametrize("value", ["", "true", "on", "yes", "1", "TRUE", " Yes "])
def test_an_attribute_that_allows_telemetry(value):
    assert consent(FakeBridge(attributes={"w1": [value]})).refused_by() is None


@pytest.mark.parametrize("value", ["false", "FALSE", "off", "no", "0", "none", "flase", "null", "2"])
def test_any_other_attribute_value_refuses(value):
    assert consent(FakeBridge(attributes={"w1": [value]})).refused_by() == "attribute"


@pytest.mark.parametrize("search_page", [True, False])
def test_one_refusal_of_several_attributes_is_enough(search_page):
    bridge = FakeBridge(attributes={"w1": ["true", "false", "true"]})
    assert consent(bridge).refused_by(search_page=search_page) == "attribute"


@pytest.mark.parametrize("position", [0, 1, 2])
@pytest.mark.parametrize("word", ["1", "yes", "true", " YES ", True, 1])
def test_do_not_track_in_each_property_and_spelling(position, word):
    signals = [None, None, None]
    signals[position] = word
    assert consent(FakeBridge(signals=PrivacySignals(tuple(signals)))).refused_by() == "do_not_track"


@pytest.mark.parametrize("word", ["0", "no", "unspecified", None, False, NullFromJavaScript()])
def test_other_values_of_do_not_track_do_not_refuse(word):
    assert consent(FakeBridge(signals=PrivacySignals((word,) * 3, word))).refused_by() is None


def test_global_privacy_control_refuses():
    bridge = FakeBridge(signals=PrivacySignals((), True))
    assert consent(bridge).refused_by() == "global_privacy_control"


@pytest.mark.parametrize("search_page", [True, False])
def test_signals_and_attributes_are_read_at_each_call(search_page):
    def refused_by():
        return current.refused_by(search_page=search_page)

    bridge = FakeBridge()
    current = consent(bridge)
    assert refused_by() is None
    bridge.signals = PrivacySignals(("1",))
    assert refused_by() == "do_not_track"
    bridge.signals = PrivacySignals()
    bridge.attributes["w1"] = ["off"]
    assert refused_by() == "attribute"
    bridge.attributes["w1"] = ["on"]
    assert refused_by() is None


def test_the_page_is_searched_for_new_attributes_unless_there_is_no_time():
    class Late(FakeBridge):
        def search_page(self):
            self.attributes["w1"] = ["no"]

    assert consent(Late()).refused_by() == "attribute"
    assert consent(Late()).answers()["page"] == "no"
    current = consent(Late())
    assert current.refused_by(search_page=False) is None
    assert current.refused_by(search_page=False) is None


def test_an_account_that_is_off_refuses_for_all_trackers_of_the_widget():
    bridge = FakeBridge()
    mounted, javascripts = consent(bridge), consent(bridge)
    mounted.set_account_off(True)
    assert mounted.refused_by() == javascripts.refused_by() == "account"
    assert Consent(bridge, "w2", enabled=True).refused_by() is None
    mounted.set_account_off(False)
    assert javascripts.refused_by() is None


def test_a_config_that_disables_telemetry_is_final():
    refused = consent(FakeBridge(), enabled=False)
    refused.disabled = True
    refused.disabled = False
    assert refused.refused_by() == "config"


def test_outside_a_page_and_on_a_page_that_throws_telemetry_is_refused():
    class Throwing(FakeBridge):
        def privacy_signals(self):
            raise OSError

    outside = consent(None)
    assert outside.refused_by() == "no_page"
    outside.set_account_off(True)  # says nothing there
    assert consent(Throwing()).refused_by() == "unreadable"
    nobody = {"do_not_track": "", "global_privacy_control": "", "account": "yes", "visitor": ""}
    assert consent(Throwing()).answers() == {**nobody, "page": "no"}


def test_a_page_that_switches_a_tracker_off_says_no():
    final, later = consent(FakeBridge(), enabled=False), consent(FakeBridge())
    assert final.answers()["page"] == "no"
    assert later.answers()["page"] == ""
    later.disabled = True
    assert later.answers()["page"] == "no"
