import h5py
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

READY_MS = 300_000


def name_in_dialog(page):
    """Open the Create dialog; return its first field once it listens to what is typed."""
    page.goto("/datasets/?dialog=create")
    name = page.get_by_label("Name", exact=True)
    expect(name).to_be_focused()
    return name


def create(page, name, *, duration_s="0.5"):
    """Fill in the Create dialog for 50 short healthy records."""
    name_in_dialog(page).fill(name)
    page.get_by_role("button", name="All or none").click()
    page.get_by_label("Healthy").check()
    page.get_by_label("Signals per class", exact=True).fill("50")
    page.get_by_label("Augmentation").uncheck()
    page.get_by_text("Advanced").click()
    page.get_by_label("Duration (s)").fill(duration_s)
    expect(page.locator("#create-foot")).to_contain_text("50")
    page.locator("#create-submit:enabled").click()


def press_slowly(page, button, foot):
    """Hold the mouse down until what is said beside the button has been read again."""
    page.locator(foot).evaluate("(foot) => foot.classList.add('before')")
    page.locator(button).hover()
    page.mouse.down()  # the field loses the focus: what was typed is looked at once more
    page.locator(f"{foot}:not(.before)").wait_for()
    page.mouse.up()


def card(page, name):
    return page.locator(".dataset-card").filter(has=page.get_by_role("link", name=name))


def test_create_can_be_pressed_while_what_was_typed_is_looked_at(log_in, portal):
    page = log_in(portal.make_user("engineer"))
    name_in_dialog(page).fill("Whirl study")
    expect(page.locator("#create-submit")).to_be_enabled()
    page.route("**/check/", lambda route: None)
    with page.expect_request("**/check/"):
        page.get_by_label("Signals per class", exact=True).fill("50")
    expect(page.locator("#create-submit")).to_be_enabled()


def test_a_press_that_the_answer_to_a_check_falls_into_counts(log_in, portal):
    page = log_in(portal.make_user("engineer"))
    name_in_dialog(page).press_sequentially("Whirl study")
    expect(page.locator("#create-submit")).to_be_enabled()
    page.route("**/create/", lambda route: None)
    with page.expect_request("**/create/"):
        press_slowly(page, "#create-submit", "#create-foot")


def test_enter_right_after_typing_creates_once_it_has_been_checked(log_in, portal):
    page = log_in(portal.make_user("engineer"))
    name_in_dialog(page).press_sequentially("Whirl study")
    page.route("**/create/", lambda route: None)
    with page.expect_request("**/create/"):
        page.keyboard.press("Enter")


def test_enter_without_a_name_creates_nothing_later(log_in, portal):
    page, asked = log_in(portal.make_user("engineer")), []
    name = name_in_dialog(page)
    page.route("**/create/", lambda route: asked.append(route.request.url))
    page.keyboard.press("Enter")
    name.press_sequentially("Whirl study")
    expect(page.locator("#create-submit")).to_be_enabled()
    assert not asked


def test_from_log_in_to_the_table_of_a_new_datasets_signals(portal):
    portal.make_user("engineer", username="keller")
    page = portal.open()
    page.goto("/")
    page.get_by_label("User name").fill("keller")
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Three first steps")).to_be_visible()
    page.get_by_role("link", name="Create a dataset").click()
    create(page, "Whirl study")
    expect(page.locator("#dialog")).to_be_hidden()
    # The toast first: it goes again after a while.
    toast = page.locator(".toast-card")
    expect(toast).to_contain_text("Dataset ready", timeout=READY_MS)
    expect(card(page, "Whirl study")).to_contain_text("Ready")
    toast.get_by_role("link", name="Open").click()
    expect(page.get_by_role("heading", name="Signals", exact=True)).to_be_visible()
    assert page.locator("#signals tbody tr").count() == 50
    with page.expect_download() as download:
        page.get_by_role("link", name="Download HDF5").first.click()
    with h5py.File(download.value.path()) as file:
        assert file["signals"].shape == (50, 10_240)


def test_each_open_page_of_its_owner_hears_and_nobody_elses(portal):
    owner, member = portal.make_user("engineer"), portal.make_user("engineer")
    first, second, other = portal.log_in(owner), portal.log_in(owner), portal.log_in(member)
    for page in (second, other):
        page.goto("/datasets/")
        expect(page.locator("#live-state")).to_have_attribute("data-socket", "on")
    create(first, "Two windows")
    # Its toast goes after a while, perhaps while another page is looked at; the count stays.
    for page in (first, second):
        expect(page.locator("#unread")).to_contain_text("1", timeout=READY_MS)
    for page in (first, second):
        expect(card(page, "Two windows")).to_contain_text("Ready")
    expect(other.locator("#unread")).to_be_hidden()
    assert card(other, "Two windows").count() == 0


def test_progress_is_shown_and_can_be_cancelled(portal):
    page = portal.log_in(portal.make_user("engineer"))
    create(page, "Too long", duration_s="60")
    running = card(page, "Too long")
    expect(running.get_by_role("progressbar")).to_be_visible(timeout=READY_MS)
    running.get_by_role("button", name="Cancel").click()
    expect(running).to_contain_text("Cancelled", timeout=READY_MS)


def test_whoever_is_let_in_sees_it_appear_in_an_open_list_and_go_again(portal):
    owner = portal.make_user("engineer")
    portal.make_dataset(owner, name="Common")
    reader = portal.make_user("viewer")
    mine, theirs = portal.log_in(owner), portal.log_in(reader)
    theirs.goto("/datasets/")
    expect(theirs.get_by_text("No datasets are shared with you yet")).to_be_visible()
    mine.goto("/datasets/")
    mine.get_by_role("button", name="Actions for Common").click()
    mine.get_by_role("link", name="Share").click()
    members = mine.get_by_role("region", name="Members")
    members.get_by_label("Person or group").fill("nobody")
    members.get_by_role("button", name="Add").click()
    expect(members).to_contain_text("There is no person or group “nobody”.")
    members.get_by_label("Person or group").fill(reader.username)
    members.get_by_role("button", name="Add").click()
    expect(card(theirs, "Common")).to_be_visible()
    members.get_by_label("Person or group").fill("half a na")
    members.get_by_role("button", name=f"Take {reader.username} out").click()
    expect(card(theirs, "Common")).to_have_count(0)
    expect(members.get_by_role("heading", name="Members").locator("..")).to_contain_text("private")
    expect(members.get_by_label("Person or group")).to_have_value("half a na")


def test_deleting_asks_first_the_card_goes_and_undo_brings_it_back(portal):
    owner = portal.make_user("engineer")
    portal.make_dataset(owner, name="Old")
    page = portal.log_in(owner)
    page.goto("/datasets/")
    page.get_by_role("button", name="Actions for Old").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="Delete Old?")).to_be_visible()
    page.get_by_role("button", name="Delete dataset").click()
    expect(card(page, "Old")).to_have_count(0)
    page.locator(".toast-card").get_by_role("button", name="Undo").click()
    expect(card(page, "Old")).to_be_visible()


def test_the_dialog_says_while_typing_that_a_name_is_taken(portal):
    owner = portal.make_user("engineer")
    portal.make_dataset(owner, name="Baseline")
    page = portal.log_in(owner)
    name = name_in_dialog(page)
    name.press_sequentially("baseline")
    expect(page.get_by_text("This name is taken. Try “baseline 2”.")).to_be_visible()
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#create-submit")).to_be_disabled()
    expect(page.locator("#why-not")).to_have_text("Change the name to continue")


def test_search_and_filter_stay_in_the_address(portal):
    owner = portal.make_user("engineer")
    for name in ("Whirl", "Wear"):
        portal.make_dataset(owner, name=name)
    page = portal.log_in(owner)
    page.goto("/datasets/")
    page.get_by_placeholder("Search datasets").press_sequentially("whi")
    expect(card(page, "Wear")).to_have_count(0)
    page.get_by_text("Own", exact=True).click()
    page.wait_for_url("**/datasets/?q=whi&scope=own")
    page.reload()
    expect(page.locator(".dataset-card")).to_have_count(1)
