import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

TOO_WIDE = """
    document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.querySelectorAll("body *")]
        .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
        .map((element) => element.outerHTML.slice(0, 100))
"""
WIDTHS = [320, 390, 768, 1024, 1440, 3840]


@pytest.fixture
def owner(portal):
    return portal.make_user("engineer", first_name="M.", last_name="Keller")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_of_the_system_is_set_before_the_first_paint(portal, owner, scheme):
    page = portal.log_in(owner, own_window=True, color_scheme=scheme)
    page.add_init_script(
        "new MutationObserver(() => { if (document.body) window.themeAtBody ??= "
        "document.documentElement.dataset.bsTheme; })"
        ".observe(document, {childList: true, subtree: true});"
    )
    page.goto("/")
    assert page.evaluate("window.themeAtBody") == scheme


def test_the_chosen_theme_is_remembered_and_told_to_figures(portal, owner):
    page = portal.log_in(owner, color_scheme="light")
    page.goto("/")
    page.evaluate(
        "document.addEventListener('portal:theme', (event) => { window.told = event.detail.theme })"
    )
    page.get_by_role("button", name="Theme").click()
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate("window.told") == "dark"
    page.reload()
    assert page.evaluate("portal.theme") == "dark"


def test_the_navigation_collapses_to_a_rail_and_stays(portal, owner):
    page = portal.log_in(owner)
    page.goto("/datasets/")
    page.keyboard.press("[")
    page.reload()
    assert page.locator("#nav").bounding_box()["width"] == 56


def test_on_a_phone_the_navigation_is_a_drawer(portal, owner):
    page = portal.log_in(owner, viewport={"width": 390, "height": 800})
    page.goto("/")
    link = page.locator("#nav").get_by_role("link", name="Datasets")
    expect(link).to_be_hidden()
    page.get_by_role("button", name="Open navigation").click()
    link.click()
    page.wait_for_url("**/datasets/")


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_window(portal, owner, width):
    dataset = portal.make_dataset(owner, name="A dataset with a long name, plant 4, line 2")
    page = portal.log_in(owner, viewport={"width": width, "height": 800})
    for path in ("/", "/datasets/", "/datasets/?layout=list", f"/datasets/{dataset.pk}/"):
        page.goto(path)
        assert page.evaluate(TOO_WIDE) == [], path


def test_the_palette_jumps_by_keyboard(portal, owner):
    dataset = portal.make_dataset(owner, name="Whirl study")
    page = portal.log_in(owner)
    page.goto("/")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-input")).to_be_focused()
    page.keyboard.type("whirl st")
    chosen = page.locator("#palette-results [aria-selected=true]")
    expect(chosen).to_contain_text("Whirl study")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/datasets/{dataset.pk}/")


def test_the_question_mark_shows_the_keys_and_escape_gives_the_focus_back(portal, owner):
    page = portal.log_in(owner)
    page.goto("/")
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#cheat-sheet")).to_be_hidden()


def test_focus_returns_to_the_menu_a_dialog_was_opened_from(portal, owner):
    dataset = portal.make_dataset(owner)
    page = portal.log_in(owner)
    page.goto("/datasets/")
    page.locator(f"#menu-{dataset.pk}").click()
    page.get_by_role("button", name="Rename and describe").click()
    expect(page.locator("#id_name")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(f"#menu-{dataset.pk}")).to_be_focused()


def test_the_palette_chooses_a_theme(portal, owner):
    page = portal.log_in(owner, color_scheme="light")
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("theme: dark")
    expect(page.locator("#palette-results [aria-selected=true]")).to_contain_text("Theme: dark")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_the_address_of_a_dialog_opens_it_once(portal, owner):
    page = portal.log_in(owner)
    page.goto("/datasets/?dialog=create")
    expect(page.locator("#id_name")).to_be_focused()
    page.wait_for_url("**/datasets/")


def test_keys_typed_into_a_field_are_only_text(portal, owner):
    page = portal.log_in(owner)
    page.goto("/datasets/")
    page.get_by_placeholder("Search datasets").press_sequentially("?[")
    expect(page.locator("#cheat-sheet")).to_be_hidden()


def test_a_dialog_keeps_the_focus_inside(portal, owner):
    page = portal.log_in(owner)
    page.goto("/datasets/?dialog=create")
    expect(page.locator("#id_name")).to_be_focused()
    for _ in range(60):
        page.keyboard.press("Tab")
        inside = page.evaluate(
            "document.activeElement === document.body || "
            "!!document.activeElement.closest('#dialog')"
        )
        assert inside


def test_logging_out_ends_the_session(portal, owner):
    page = portal.log_in(owner)
    page.goto("/")
    page.get_by_role("button", name="M. Keller").click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/accounts/login/")
    page.goto("/datasets/")
    page.wait_for_url("**/accounts/login/?next=/datasets/")
