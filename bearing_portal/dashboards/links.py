"""How one page leads to another: what it must know of the other's address, and no more."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

MOST_COMPARED = 8


def viewer_url(pks: Sequence[int], filter_query: QueryDict) -> str:
    """Return the viewer's address of a signal and those compared with it.

    Next and Previous keep to the filter there.
    """
    first, *others = pks
    own = {"signal": str(first), "compare": ",".join(map(str, others))}
    written = urlencode({key: text for key, text in own.items() if text}, safe=",")
    return f"{reverse('viewer')}?{'&'.join(filter(None, [written, filter_query.urlencode()]))}"
