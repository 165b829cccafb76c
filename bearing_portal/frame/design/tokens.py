"""The design tokens, and the CSS variables written from them.

``tokens.json`` is the only place where a colour or a size is typed. The style sheets take their
values from the variables below, the figures from :data:`TOKENS`.

``python -m bearing_portal.design.tokens`` rewrites ``static/css/tokens.css``.
"""

import json
import re
from pathlib import Path
from typing import Any

TOKENS: dict[str, Any] = json.loads(Path(__file__).with_name("tokens.json").read_text("utf-8"))
THEMES = ("light", "dark")
CSS_PATH = Path(__file__).resolve().parents[3] / "static" / "css" / "tokens.css"


def color(theme: str, name: str) -> str:
    """Return the value of a colour in a theme.

    >>> color("light", "accent")
    '#2b57d0'
    """
    value = TOKENS["color"][theme][name]
    if not isinstance(value, str):
        raise KeyError(f"{name} is a ramp, not one colour")
    return value


def css_name(token: str) -> str:
    """Turn a token's name into that of its CSS variable.

    >>> css_name("successFill"), css_name("surface1")
    ('--success-fill', '--surface-1')
    """
    return "--" + re.sub(r"(?<=[a-z])(?=[A-Z0-9])", "-", token).lower()


def tokens_css() -> str:
    """Return the style sheet that declares every token as a variable."""
    light = _block(':root,\n[data-bs-theme="light"]', _theme_values("light"))
    dark = _block('[data-bs-theme="dark"]', _theme_values("dark"))
    paper = _block(':root,\n[data-bs-theme="dark"]', _theme_values("light"))
    sizes = _block(":root", _shared_values())
    head = "/* Written from bearing_portal/frame/design/tokens.json; change it there. */\n"
    return head + "\n".join((sizes, light, dark, f"@media print {{\n{paper}}}\n"))


def _theme_values(theme: str) -> dict[str, str]:
    values = {"color-scheme": theme}
    for name, value in TOKENS["color"][theme].items():
        if isinstance(value, list):
            values |= {f"--{name}-{level}": item for level, item in enumerate(value, start=1)}
        else:
            values[css_name(name)] = value
    values["--shadow-overlay"] = TOKENS["shadow"][theme]["overlay"]
    values["--figure-grid"] = TOKENS["plotly"][theme]["grid"]
    values["--figure-axis"] = TOKENS["plotly"][theme]["axis"]
    return values


def _shared_values() -> dict[str, str]:
    values = {f"--space-{step}": f"{px}px" for step, px in TOKENS["space"].items()}
    values |= {f"--radius-{name}": f"{px}px" for name, px in TOKENS["radius"].items()}
    values |= {f"--size-{css_name(name)[2:]}": f"{px}px" for name, px in TOKENS["size"].items()}
    values |= {f"--z-{name}": str(level) for name, level in TOKENS["z"].items()}
    for name, (size, line, weight) in TOKENS["type"]["scale"].items():
        values[f"--type-{css_name(name)[2:]}"] = f"{weight} {size}px/{line}px var(--font-sans)"
    values["--font-sans"] = TOKENS["type"]["sans"]
    values["--font-mono"] = TOKENS["type"]["mono"]
    values["--font-features"] = TOKENS["type"]["features"]
    for name in ("fast", "base", "easing"):
        values[f"--motion-{name}"] = TOKENS["motion"][name]
    values["--focus-ring"] = f"{TOKENS['border']['focusRing']}px"
    values["--focus-offset"] = f"{TOKENS['border']['focusOffset']}px"
    return values


def _block(selector: str, values: dict[str, str]) -> str:
    lines = "\n".join(f"  {name}: {value};" for name, value in values.items())
    return f"{selector} {{\n{lines}\n}}\n"


if __name__ == "__main__":
    CSS_PATH.write_text(tokens_css(), "utf-8")
