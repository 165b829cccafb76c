"""What is secret does not survive, wherever it stands in a line."""

import json
import logging
import string

import pytest
from django.conf import settings
from hypothesis import assume, given
from hypothesis import strategies as st

from bearing_portal.settings.logs import HumanLine, JsonLine
from monitoring.logs.redaction import REDACTED, for_display, is_secret_name, redact

NAMES = [
    "password",
    "PASSWORD",
    "new_password1",
    "api-key",
    "access_token",
    "sessionid",
    "csrftoken",
]
SIGNS = [": ", "=", "': '", '": "', " = ", "=> "]
# Upper case and digits: no word of the lines below is made of them.
secret = st.text(string.ascii_uppercase + string.digits + "!#$%/?@", min_size=8, max_size=40)
plain = st.text(string.ascii_lowercase + " .", max_size=40)


@given(before=plain, name=st.sampled_from(NAMES), sign=st.sampled_from(SIGNS), value=secret)
def test_no_value_of_a_secret_name_survives(before, name, sign, value):
    assume(value not in name)
    assert value not in redact(f"{before} {name}{sign}{value}")


@given(value=secret, scheme=st.sampled_from(["postgresql", "redis", "https", "smtp+tls"]))
def test_no_log_in_within_an_address_survives(value, scheme):
    assert value not in redact(f"cannot reach {scheme}://user:{value}@host.example:5432/name now")


@given(value=secret, name=st.sampled_from(["Cookie", "Set-Cookie", "Authorization"]))
def test_no_header_that_logs_in_survives(value, name):
    assert value not in redact(f"{name}: first=ABC; second={value}")


@given(before=plain, value=secret, after=plain)
def test_no_known_secret_survives_anywhere(before, value, after):
    assert value not in redact(f"{before}{value}{after}", [value])


@given(text=st.text(string.ascii_letters + string.digits + " .,-_()", max_size=200))
def test_a_text_without_assignments_is_left_alone(text):
    assert redact(text.replace("earer", "").replace("asic", "")) == text.replace(
        "earer", ""
    ).replace("asic", "")


@given(text=st.text(max_size=200))
def test_redacting_twice_changes_nothing_more(text):
    once = redact(text)
    assert redact(once) == once


@given(text=st.text(max_size=300))
def test_any_text_becomes_one_line_of_json(text):
    record = logging.makeLogRecord({"msg": "%s", "args": (text,)})
    line = JsonLine("web").format(record)
    assert "\n" not in line
    assert json.loads(line)["message"] == redact(text)


@pytest.mark.parametrize("form", [HumanLine(), JsonLine()])
def test_the_portals_own_key_is_in_no_line_nor_stack(form):
    try:
        raise ValueError(settings.SECRET_KEY)
    except ValueError as error:
        stack = (type(error), error, error.__traceback__)
    record = logging.makeLogRecord({"msg": f"a {settings.SECRET_KEY}", "exc_info": stack})
    assert settings.SECRET_KEY not in form.format(record)


def test_a_field_with_a_secret_name_is_redacted():
    record = logging.makeLogRecord({"msg": "x", "password": "abc", "n_signals": 3})
    line = json.loads(JsonLine().format(record))
    assert (line["password"], line["n_signals"]) == (REDACTED, 3)


@pytest.mark.parametrize("name", ["cookies", "Authorization", "client_secret", "token"])
def test_such_names_are_secret(name):
    assert is_secret_name(name)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("File /usr/lib/python3/site.py", "File …/site.py"),
        ('open("/srv/portal/a.h5")', 'open("…/a.h5")'),
        ("GET /datasets/3/: 200", "GET /datasets/3/: 200"),
        ("mail to ada@example.org failed", "mail to [e-mail] failed"),
        ("from 192.168.1.20 and ::ffff:0:1", "from [address] and [address]"),
        ("version 1.2.3 at 12:30:01", "version 1.2.3 at 12:30:01"),
    ],
)
def test_what_a_page_shows(text, shown):
    assert for_display(text) == shown


def test_the_portals_own_folders_are_not_shown():
    assert for_display("/x/data/storage/a.h5 is gone", ["/x/data"]) == "…/a.h5 is gone"


@pytest.mark.parametrize("long", ["9" * 100_000, "a.b" * 30_000, "a-" * 50_000])
def test_a_long_text_is_read_once_and_not_from_each_of_its_characters(long):
    assert redact(long) == long
    assert for_display(long) == long
