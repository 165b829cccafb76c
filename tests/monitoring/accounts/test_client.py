"""What is told of who asks: the address, and the browser in words."""

import pytest
from django.test import RequestFactory

from monitoring.accounts.client import client_address, device_name

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (f"{WINDOWS}Chrome/140.0.0.0 Safari/537.36", "Chrome on Windows"),
        (f"{WINDOWS}Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge on Windows"),
        (f"{WINDOWS}Chrome/140.0.0.0 Safari/537.36 OPR/124.0.0.0", "Opera on Windows"),
        (f"{WINDOWS}HeadlessChrome/140.0.0.0 Safari/537.36", "Chromium on Windows"),
        (f"{IPHONE}Version/18.0 Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        (f"{IPHONE}CriOS/140.0 Mobile/15E148 Safari/604.1", "Chrome on iPhone"),
        (f"{IPHONE}FxiOS/140.0 Mobile/15E148 Safari/605.1.15", "Firefox on iPhone"),
        ("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Firefox/140.0", "Firefox on Android"),
        ("curl/8.5 on Linux", "Linux"),
        ("Firefox/140.0", "Firefox"),
        ("curl/8.5", "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_a_browser_is_named_as_people_do(user_agent, name):
    assert device_name(user_agent) == name


@pytest.mark.parametrize(
    ("remote", "forwarded", "address"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("2001:DB8::1", "", "2001:db8::1"),
        ("192.0.2.1", "198.51.100.7", "198.51.100.7"),
        ("192.0.2.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        ("192.0.2.1", "198.51.100.7, <script>", None),
        ("192.0.2.1", "198.51.100.7,", "192.0.2.1"),
        ("", "", None),  # a socket in a file has no address
    ],
)
def test_behind_a_trusted_proxy_its_own_word_counts(settings, remote, forwarded, address):
    settings.TRUST_PROXY_HEADERS = True
    request = RequestFactory().get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == address


def test_without_one_nobody_chooses_his_address():
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR="10.0.0.1")
    assert client_address(request) == "192.0.2.1"
