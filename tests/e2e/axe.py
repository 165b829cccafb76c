"""What axe says of a page."""

from axe_playwright_python.sync_playwright import Axe

from tests.e2e.viewing import settled

SERIOUS = {"serious", "critical", "moderate"}
# Rows are alike but for their class: every fifth is looked at.
ROWS = ".ag-row:not([row-index$='0'], [row-index$='5'])"
# What is dark is built as what is light: only its colours are others.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
LOOKS = 5


def findings(page, within="html"):
    """Return what axe finds on a page, or in what was opened on it.

    Axe notes at first what lies over what: a toast that comes then is measured against nothing.
    Where there are findings and the page is another by then, they are looked for again.
    """
    for _ in range(LOOKS):
        settled(page)  # colours in transition are not those that stay
        before = page.inner_html("body")
        found = axe_findings(page, within)
        if not found or page.inner_html("body") == before:
            break
    return found


def axe_findings(page, within):
    is_dark = page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    context = {"include": [within], "exclude": [ROWS]}
    options = {"resultTypes": ["violations"]} | (COLOURS if is_dark else {})
    violations = Axe().run(page, context, options).response["violations"]
    return [
        f"{page.url} {rule['id']}: {node['html'][:160]}"
        for rule in violations
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
    ]
