import asyncio

from bearing_portal.admission import Admission


class Page:
    """Answers when it is let go."""

    def __init__(self):
        self.n_inside = 0
        self.go = asyncio.Event()

    async def __call__(self, scope, receive, send):
        self.n_inside += 1
        await self.go.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})


async def ask(application):
    sent = []

    async def send(message):
        sent.append(message)

    await application({"type": "http"}, None, send)
    return sent[0]


async def until(condition):
    while not condition():
        await asyncio.sleep(0)


def test_so_many_are_let_in_and_the_next_when_one_leaves():
    async def play():
        page = Page()
        admission = Admission(page, at_once=2)
        asked = [asyncio.create_task(ask(admission)) for _ in range(3)]
        await until(lambda: page.n_inside == 2)
        for _ in range(20):
            await asyncio.sleep(0)
        inside = page.n_inside
        page.go.set()
        return inside, [answer["status"] for answer in await asyncio.gather(*asked)]

    assert asyncio.run(play()) == (2, [200, 200, 200])


def test_who_waits_too_long_is_asked_to_come_back():
    async def play():
        page = Page()
        admission = Admission(page, at_once=1, patience_s=0.01)
        first = asyncio.create_task(ask(admission))
        await until(lambda: page.n_inside == 1)
        refused = await ask(admission)
        page.go.set()
        await first
        return refused, await ask(admission)

    refused, later = asyncio.run(play())
    assert refused["status"] == 503
    assert dict(refused["headers"])[b"retry-after"] == b"5"
    assert later["status"] == 200


def test_where_many_wait_the_next_is_refused_at_once():
    async def play():
        page = Page()
        admission = Admission(page, at_once=1, most_waiting=1, patience_s=60)
        asked = [asyncio.create_task(ask(admission)) for _ in range(2)]
        await until(lambda: page.n_inside == 1)
        refused = await ask(admission)
        page.go.set()
        await asyncio.gather(*asked)
        return refused["status"]

    assert asyncio.run(play()) == 503


def test_an_error_inside_frees_the_place():
    async def fail(scope, receive, send):
        raise ValueError

    async def play():
        admission = Admission(fail, at_once=1, patience_s=0.01)
        for _ in range(3):
            try:
                await ask(admission)
            except ValueError:
                continue
            return False
        return True

    assert asyncio.run(play())


def test_a_file_on_its_way_makes_room_for_the_next():
    async def play():
        on_its_way = asyncio.Event()

        async def application(scope, receive, send):
            headers = [(b"Accept-Ranges", b"bytes")] if scope["type"] == "file" else []
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            if scope["type"] == "file":
                await on_its_way.wait()

        async def send(message):
            sent.append(message["status"])

        sent = []
        admission = Admission(application, at_once=1)
        file = asyncio.create_task(admission({"type": "file"}, None, send))
        await until(lambda: sent)
        for _ in range(3):  # a place is given back once
            await admission({"type": "page"}, None, send)
        on_its_way.set()
        await file
        return sent, admission._places._value

    assert asyncio.run(play()) == ([200] * 4, 1)
