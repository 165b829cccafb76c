"""Elements that become HTML at once: `markup` writes them, and no callback of Dash reaches them.

They are made as those of `dash.html` are, which check and copy all that they are given: a panel of
five hundred took longer to make than to compute.
"""

from typing import Any, ClassVar


class Element:
    """An element: its content, and its attributes by Dash's names for them."""

    __slots__ = ("children", "values")
    tag: ClassVar[str] = ""

    def __init__(self, children: Any = None, **values: Any) -> None:
        self.children, self.values = children, values

    def __init_subclass__(cls) -> None:
        cls.tag = cls.__name__.lower()


class A(Element):
    __slots__ = ()


class B(Element):
    __slots__ = ()


class Button(Element):
    __slots__ = ()


class Dd(Element):
    __slots__ = ()


class Details(Element):
    __slots__ = ()


class Div(Element):
    __slots__ = ()


class Dl(Element):
    __slots__ = ()


class Dt(Element):
    __slots__ = ()


class H2(Element):
    __slots__ = ()


class H3(Element):
    __slots__ = ()


class I(Element):  # noqa: E742 - what HTML calls it
    __slots__ = ()


class Img(Element):
    __slots__ = ()


class Kbd(Element):
    __slots__ = ()


class Label(Element):
    __slots__ = ()


class Li(Element):
    __slots__ = ()


class Option(Element):
    __slots__ = ()


class P(Element):
    __slots__ = ()


class Select(Element):
    __slots__ = ()


class Span(Element):
    __slots__ = ()


class Strong(Element):
    __slots__ = ()


class Summary(Element):
    __slots__ = ()


class Table(Element):
    __slots__ = ()


class Tbody(Element):
    __slots__ = ()


class Td(Element):
    __slots__ = ()


class Th(Element):
    __slots__ = ()


class Thead(Element):
    __slots__ = ()


class Tr(Element):
    __slots__ = ()


class Ul(Element):
    __slots__ = ()
