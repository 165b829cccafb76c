import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse

from common.valkey import Breaker
from monitoring.notices import hints
from monitoring.notices.consumers import (
    CLOSE_ANONYMOUS,
    CLOSE_NOT_FOUND,
    CLOSE_TRY_LATER,
    EventsConsumer,
)
from monitoring.notices.hints import SHARED_GROUP, SUPERUSERS_GROUP, hint_send, user_group
from monitoring.notices.routing import websocket_urlpatterns
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 60  # a busy machine is no failure


@pytest.fixture
def users():
    return make_user("engineer"), make_user("viewer")


def page_of(user):
    communicator = WebsocketCommunicator(EventsConsumer.as_asgi(), "/ws/events/")
    communicator.scope["user"] = user
    return communicator


async def hint(*groups, type="dataset", id=7):
    assert await sync_to_async(hint_send)(groups=groups, type=type, id=id)


async def test_an_open_page_gets_the_hints_of_its_user(users):
    page = page_of(users[0])
    assert (await page.connect(PATIENCE_S))[0]

    await hint(user_group(users[0].pk))

    assert await page.receive_json_from(PATIENCE_S) == {"type": "dataset", "id": "7"}
    await page.disconnect()


async def test_hints_to_others_do_not_arrive(users):
    page = page_of(users[1])
    await page.connect(PATIENCE_S)

    await hint(user_group(users[0].pk))

    assert await page.receive_nothing(0.3)
    await page.disconnect()


async def test_everybody_gets_hints_about_shared_things(users):
    pages = [page_of(user) for user in users]
    for page in pages:
        await page.connect(PATIENCE_S)

    await hint(SHARED_GROUP, type="job", id="abc")

    for page in pages:
        assert await page.receive_json_from(PATIENCE_S) == {"type": "job", "id": "abc"}
        await page.disconnect()


async def test_a_superuser_hears_of_what_is_private_too():
    page = page_of(await sync_to_async(make_user)("superuser"))
    await page.connect(PATIENCE_S)

    await hint(SUPERUSERS_GROUP)

    assert await page.receive_json_from(PATIENCE_S) == {"type": "dataset", "id": "7"}
    await page.disconnect()


@pytest.mark.parametrize("user", [AnonymousUser(), None])
async def test_nobody_logged_in_is_turned_away_with_a_code(user):
    page = page_of(user)
    await page.connect(PATIENCE_S)

    closed = await page.receive_output(PATIENCE_S)
    assert (closed["type"], closed["code"]) == ("websocket.close", CLOSE_ANONYMOUS)


async def test_a_deactivated_user_is_turned_away(users):
    users[0].is_active = False
    page = page_of(users[0])
    await page.connect(PATIENCE_S)

    assert (await page.receive_output(PATIENCE_S))["code"] == CLOSE_ANONYMOUS


async def test_the_socket_beats_so_that_a_page_knows_it_lives(users, monkeypatch):
    monkeypatch.setattr(EventsConsumer, "heartbeat_s", 0.05)
    page = page_of(users[0])
    await page.connect(PATIENCE_S)

    assert await page.receive_json_from(PATIENCE_S) == {"type": "heartbeat"}
    await page.disconnect()


async def test_a_ping_is_answered_and_anything_else_ignored(users):
    page = page_of(users[0])
    await page.connect(PATIENCE_S)

    await page.send_json_to({"type": "delete everything"})
    await page.send_json_to([1, 2])
    await page.send_json_to({"type": "ping"})

    assert await page.receive_json_from(PATIENCE_S) == {"type": "pong"}
    await page.disconnect()


async def test_what_is_not_json_does_not_kill_the_socket(users):
    page = page_of(users[0])
    await page.connect(PATIENCE_S)

    await page.send_to(text_data="{")
    await page.send_json_to({"type": "ping"})

    assert await page.receive_json_from(PATIENCE_S) == {"type": "pong"}
    await page.disconnect()


async def test_after_a_page_left_nothing_is_delivered(users):
    page = page_of(users[0])
    await page.connect(PATIENCE_S)
    await page.disconnect()

    await get_channel_layer().group_send(
        user_group(users[0].pk), {"type": "hint", "about": "job", "id": "1"}
    )


def test_a_hint_nobody_can_carry_is_dropped(settings):
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": ["redis://127.0.0.1:1/0"]},
        }
    }

    assert hint_send(groups=["shared"], type="job", id="1") is False


def test_while_valkey_is_silent_no_hint_waits_for_it(monkeypatch):
    silent = Breaker()
    silent.silent()
    monkeypatch.setattr(hints, "BREAKER", silent)
    monkeypatch.setattr(hints, "_send_all", lambda *args: pytest.fail("it was asked"))

    assert hint_send(groups=["shared"], type="job", id="1") is False


async def test_without_valkey_the_page_is_told_to_come_back(users, settings):
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": ["redis://127.0.0.1:1/0"]},
        }
    }
    page = page_of(users[0])
    await page.connect(PATIENCE_S)

    assert (await page.receive_output(PATIENCE_S))["code"] == CLOSE_TRY_LATER


@pytest.mark.parametrize("code", [CLOSE_ANONYMOUS, CLOSE_NOT_FOUND, CLOSE_TRY_LATER])
def test_daphne_takes_every_close_code(code):
    assert 3000 <= code <= 4999


def page_of_session(user, session):
    communicator = page_of(user)
    communicator.scope["session"] = session
    return communicator


async def test_a_session_ended_elsewhere_closes_its_socket_and_no_other(users):
    here, there = [await sync_to_async(logged_in)(users[0]) for _ in range(2)]
    pages = [page_of_session(users[0], client.session) for client in (here, there)]
    for page in pages:
        await page.connect(PATIENCE_S)

    await sync_to_async(here.post)(reverse("sessions-end"))

    assert (await pages[1].receive_output(PATIENCE_S))["code"] == CLOSE_ANONYMOUS
    assert await pages[0].receive_nothing(0.3)
    await pages[0].disconnect()


async def test_logging_out_closes_the_sockets_of_ones_other_pages(users):
    client = await sync_to_async(logged_in)(users[0])
    page = page_of_session(users[0], client.session)
    await page.connect(PATIENCE_S)

    await sync_to_async(client.post)(reverse("logout"))

    assert (await page.receive_output(PATIENCE_S))["code"] == CLOSE_ANONYMOUS


def logged_in(user):
    client = Client()
    client.post(reverse("login"), {"username": user.username, "password": "secret"})
    return client


async def test_another_address_is_refused_in_order():
    page = WebsocketCommunicator(URLRouter(websocket_urlpatterns), "/ws/nothing/")

    assert await page.connect(PATIENCE_S) == (False, CLOSE_NOT_FOUND)


async def test_deactivating_a_person_closes_his_sockets(users):
    client = await sync_to_async(logged_in)(users[0])
    page = page_of_session(users[0], client.session)
    await page.connect(PATIENCE_S)
    admin = await sync_to_async(logged_in)(await sync_to_async(make_user)("superuser"))

    action = {"action": "deactivate", "_selected_action": [users[0].pk]}
    await sync_to_async(admin.post)(reverse("admin:auth_user_changelist"), action)

    assert (await page.receive_output(PATIENCE_S))["code"] == CLOSE_ANONYMOUS
