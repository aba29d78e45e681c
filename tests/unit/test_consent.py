import pytest

from widget.page.bridge import PrivacySignals
from widget.telemetry.consent import Consent
from widget.testing import FakeBridge


class NullFromJavaScript:
    """What `null` arrives as: not None, and no signal."""


def consent(bridge, **enabled):
    return Consent(bridge, "w1", enabled=enabled.get("enabled", True))


def test_nobody_says_no():
    assert consent(FakeBridge()).refused_by() is None


@pytest.mark.parametrize("value", ["", "true", "on", "yes", "1", "TRUE", " Yes "])
def test_an_attribute_that_leaves_it_on(value):
    assert consent(FakeBridge(attributes={"w1": [value]})).refused_by() is None


@pytest.mark.parametrize("value", ["false", "FALSE", "off", "no", "0", "none", "flase", "null", "2"])
def test_any_other_attribute_is_a_no(value):
    assert consent(FakeBridge(attributes={"w1": [value]})).refused_by() == "attribute"


def test_one_no_of_several_attributes_wins():
    assert consent(FakeBridge(attributes={"w1": ["true", "false", "true"]})).refused_by() == "attribute"


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("word", ["1", "yes", True, 1])
def test_do_not_track_in_each_place_and_word(at, word):
    signals = [None, None, None]
    signals[at] = word
    assert consent(FakeBridge(signals=PrivacySignals(tuple(signals)))).refused_by() == "do_not_track"


@pytest.mark.parametrize("word", ["0", "no", "unspecified", None, False, NullFromJavaScript()])
def test_no_do_not_track(word):
    assert consent(FakeBridge(signals=PrivacySignals((word,) * 3, word))).refused_by() is None


def test_global_privacy_control():
    bridge = FakeBridge(signals=PrivacySignals((), True))
    assert consent(bridge).refused_by() == "global_privacy_control"


def test_the_signals_are_read_again_each_time():
    bridge = FakeBridge()
    asked = consent(bridge)
    assert asked.refused_by() is None
    bridge.signals = PrivacySignals(("1",))
    assert asked.refused_by() == "do_not_track"
    bridge.signals = PrivacySignals()
    bridge.attributes["w1"] = ["off"]
    assert asked.refused_by() == "attribute"
    bridge.attributes["w1"] = ["on"]
    assert asked.refused_by() is None


def test_an_account_that_is_off_says_no_for_all_trackers_of_the_widget():
    bridge = FakeBridge()
    mounted, javascripts = consent(bridge), consent(bridge)
    mounted.set_account_off(True)
    assert mounted.refused_by() == javascripts.refused_by() == "account"
    assert Consent(bridge, "w2", enabled=True).refused_by() is None
    mounted.set_account_off(False)
    assert javascripts.refused_by() is None


def test_a_config_that_says_no_stays_no():
    refused = consent(FakeBridge(), enabled=False)
    refused.disabled = True
    refused.disabled = False
    assert refused.refused_by() == "config"


def test_outside_a_page_and_with_a_page_that_throws_the_answer_is_no():
    class Throwing(FakeBridge):
        def privacy_signals(self):
            raise OSError

    assert consent(None).refused_by() == "no_page"
    assert consent(Throwing()).refused_by() == "unreadable"
