import io

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.e2e.axe import findings
from tests.e2e.windows import WINDOW

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


def recording(n_samples=4096, name="pump.npy"):
    content = io.BytesIO()
    np.save(content, np.sin(np.arange(n_samples) / 3).astype(np.float32))
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content.getvalue()}


def opened(page):
    page.goto("/uploads/?dialog=upload")
    expect(page.get_by_role("heading", name="Upload a recording")).to_be_visible()
    return page.locator("#id_file")


def ask(page):
    opened(page).set_input_files(recording())
    page.locator("#upload-submit").click()
    expect(page.get_by_label("Sampling rate (Hz)")).to_be_focused()


def answer(page):
    page.get_by_label("Sampling rate (Hz)").fill("20480")
    page.get_by_label("Unknown").check()
    page.get_by_label("Unit of the samples").select_option("g")
    page.locator("#upload-submit").click()
    page.wait_for_url("**/signal-viewer/?signal=*")


def test_a_recording_is_asked_for_its_rate_and_lands_in_the_viewer(portal, log_in):
    page = log_in(portal.make_user("viewer"))
    ask(page)
    assert page.locator("#id_file").evaluate("(input) => input.files[0].name") == "pump.npy"
    answer(page)
    expect(page.locator(".inspector h2")).to_have_text("pump")
    expect(page.locator(".inspector")).to_contain_text("20\u202f480 Hz")
    page.goto("/uploads/")
    expect(page.get_by_role("row", name="pump.npy")).to_contain_text("in 30 days")


def test_an_open_question_is_said_beside_its_field(portal):
    page = portal.log_in(portal.make_user("viewer"))
    ask(page)
    page.get_by_label("Unit of the samples").select_option("other")
    page.get_by_label("Another unit").fill("µm")
    page.locator("#upload-submit").click()
    rate = page.get_by_label("Sampling rate (Hz)")
    expect(rate).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Another unit")).to_have_value("µm")


def test_another_file_takes_the_questions_away(portal):
    page = portal.log_in(portal.make_user("viewer"))
    ask(page)
    page.locator("#id_file").set_input_files(recording(name="other.npy"))
    expect(page.get_by_label("Sampling rate (Hz)")).to_have_count(0)
    expect(page.locator("#upload-name")).to_have_text("other.npy")


def test_a_file_too_large_is_refused_before_it_is_sent(portal):
    page = portal.log_in(portal.make_user("viewer"))
    sent = []
    page.on("request", lambda request: sent.append(request.method))
    opened(page).set_input_files(recording(2_600_000))
    expect(page.locator("#errors-file")).to_contain_text("10.4 MB; at most 10 MB")
    expect(page.locator("#upload-submit")).to_be_disabled()
    expect(page.locator("#upload-why")).to_have_text("Choose a smaller file")
    assert "POST" not in sent


def test_a_file_can_be_dropped(portal):
    page = portal.log_in(portal.make_user("viewer"))
    opened(page)
    page.evaluate(
        """() => {
          const carried = new DataTransfer();
          carried.items.add(new File(["1\\n2\\n"], "dropped.csv"));
          for (const type of ["dragover", "drop"])
            document.getElementById("upload-drop").dispatchEvent(
              new DragEvent(type, { dataTransfer: carried, bubbles: true, cancelable: true }));
        }"""
    )
    expect(page.locator("#upload-name")).to_have_text("dropped.csv")
    expect(page.locator("#upload-submit")).to_be_enabled()


def test_the_file_is_chosen_by_keyboard(portal):
    page = portal.log_in(portal.make_user("viewer"))
    file = opened(page)
    expect(file).to_be_focused()
    with page.expect_file_chooser() as chooser:
        file.press("Enter")  # focuses again: the opening dialog may still be moving the focus
    chooser.value.set_files(recording())
    expect(page.locator("#upload-name")).to_have_text("pump.npy")


def test_deleting_asks_first_and_the_row_goes(portal, log_in):
    page = log_in(portal.make_user("viewer"))
    ask(page)
    answer(page)
    page.goto("/uploads/")
    page.get_by_role("button", name="Delete pump.npy").click()
    expect(page.get_by_role("heading", name="Delete pump.npy?")).to_be_visible()
    page.get_by_role("button", name="Delete upload").click()
    expect(page.get_by_text("No uploads yet")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WINDOW, PHONE])
def test_dialog_and_page_have_no_finding_and_stay_within_the_width(portal, log_in, scheme, size):
    page = log_in(portal.make_user("viewer"), color_scheme=scheme, viewport=size)
    page.goto("/uploads/")
    found = findings(page)
    ask(page)
    page.locator("#upload-submit").click()
    expect(page.locator(".field-error")).not_to_have_count(0)
    found += findings(page)
    answer(page)
    page.goto("/uploads/")
    found += findings(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"]
    assert found == []
