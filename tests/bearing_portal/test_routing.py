import pytest

from bearing_portal.routing import is_own_origin


@pytest.fixture(autouse=True)
def hosts(settings):
    settings.ALLOWED_HOSTS = ["portal.example.org", "127.0.0.1"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://trusted.example.org"]
    settings.TRUST_PROXY_HEADERS = False


def asked(origin, host="portal.example.org", scheme="ws", **more):
    headers = [(b"host", host.encode()), *((b"origin", origin.encode()) for _ in [1] if origin)]
    headers += [(name.replace("_", "-").encode(), value.encode()) for name, value in more.items()]
    return is_own_origin({"headers": headers, "scheme": scheme})


@pytest.mark.parametrize(
    ("origin", "host", "scheme"),
    [
        ("http://portal.example.org", "portal.example.org", "ws"),
        ("https://portal.example.org", "portal.example.org", "wss"),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", "ws"),
        ("https://trusted.example.org", "portal.example.org", "wss"),
    ],
)
def test_the_portals_own_page_is_let_in(origin, host, scheme):
    assert asked(origin, host, scheme)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("", "portal.example.org"),
        ("null", "portal.example.org"),
        ("http://portal.example.org:8080", "portal.example.org"),
        ("https://portal.example.org", "portal.example.org"),
        ("http://evil.example.org", "portal.example.org"),
        ("http://portal.example.org.evil.org", "portal.example.org"),
        ("http://evil.example.org", "evil.example.org"),
    ],
)
def test_another_port_scheme_or_host_is_another_site(origin, host):
    assert not asked(origin, host)


def test_the_scheme_is_that_of_a_proxy_only_where_it_is_trusted(settings):
    told = {"x_forwarded_proto": "https"}
    assert not asked("https://portal.example.org", **told)
    settings.TRUST_PROXY_HEADERS = True
    assert asked("https://portal.example.org", **told)
