"""Views of the explorer that people keep by name: their content is the query of an address."""

from collections.abc import Container
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.http import QueryDict

from common.errors import Invalid, NotAllowed, NotFound
from common.roles import is_curator, is_engineer, may_manage, visible_to
from common.text.names import name_clean
from signals.exploration.selection import KEPT, LASSO, kept_view, lasso_pks
from signals.filters.signal_filter import SignalFilter
from signals.models import SavedView

MOST_VIEWS: Final = 200
_LONGEST_NAME: Final = SavedView._meta.get_field("name").max_length or 0
_TAKEN = "You have a view of this name. Choose another one."


def saved_views_visible(user: Any) -> QuerySet[SavedView]:
    """Return the views `user` may open, by name."""
    return visible_to(user, SavedView.objects.select_related("owner"), shared=Q(is_shared=True))


def saved_view_get(user: Any, pk: int) -> SavedView:
    """Return one view that `user` may open."""
    view = saved_views_visible(user).filter(pk=pk).first()
    if view is None:
        raise NotFound("There is no such view.")
    return view


def saved_view_query(view: SavedView, lasting: Container[str]) -> str:
    """Return the query that opens a view: an area of a projection that is not among the lasting
    ones gives way to the signals that it held.
    """
    query = QueryDict(view.query, mutable=True)
    selected = query.get("sel", "")
    if not selected.startswith(LASSO) or selected.split(":")[1] in lasting:
        return view.query
    query["sel"] = f"{KEPT}{view.pk}"
    return query.urlencode(safe=":,;")


def may_share(user: Any) -> bool:
    """Tell whether `user` may share a view with everybody."""
    return is_engineer(user) or is_curator(user)


def saved_view_save(*, user: Any, name: str, query: str, is_shared: bool = False) -> SavedView:
    """Keep a query by name; what it shows is still decided by who opens it."""
    if not (user.is_authenticated and user.is_active):
        raise NotAllowed("Log in to keep a view.")
    _may_share_or_refuse(user, is_shared)
    if SavedView.objects.filter(owner=user).count() >= MOST_VIEWS:
        raise Invalid(f"You keep {MOST_VIEWS} views already; delete one first.")
    return _saved(SavedView(owner=user), name, query, is_shared)


def saved_view_change(
    *, user: Any, view: SavedView, name: str, query: str, is_shared: bool
) -> SavedView:
    """Give a view another name, another query, or share it."""
    _may_manage_or_refuse(user, view)
    _may_share_or_refuse(user, is_shared and not view.is_shared)
    return _saved(view, name, query, is_shared)


def saved_view_delete(*, user: Any, view: SavedView) -> None:
    """Forget a view."""
    _may_manage_or_refuse(user, view)
    view.delete()


def _saved(view: SavedView, name: str, query: str, is_shared: bool) -> SavedView:
    text = query.removeprefix("?")
    SignalFilter.from_query(QueryDict(text))  # one that cannot be opened is not kept
    view.name = name_clean(name, what="A view's name", longest=_LONGEST_NAME)
    view.query, view.is_shared = text, is_shared
    try:
        view.full_clean()
        with transaction.atomic():
            view.save()
            view.selected.set(_held(view.owner, QueryDict(text).get("sel", "")))
    except ValidationError as error:
        raise _invalid(error) from error
    except IntegrityError as error:
        raise Invalid(_TAKEN, field_errors={"name": [_TAKEN]}) from error
    return view


def _held(user: Any, selected: str) -> list[int]:
    """Return the ids of what an area of a projection holds, now that it is known."""
    try:
        if selected.startswith(LASSO):
            return lasso_pks(user, selected)
        if selected.startswith(KEPT):
            return list(kept_view(user, selected).selected.values_list("pk", flat=True))
    except (Invalid, NotFound):  # the view opens without the selection, and says so
        pass
    return []


def _invalid(error: ValidationError) -> Invalid:
    field = next(iter(error.message_dict))
    sentence = {
        "query": "This view is too long to be kept; choose fewer conditions.",
    }.get(field, error.messages[0])
    return Invalid(sentence, field_errors={"" if field == "__all__" else field: [sentence]})


def _may_share_or_refuse(user: Any, is_shared: bool) -> None:
    if is_shared and not may_share(user):
        raise NotAllowed("Views are shared by engineers and curators; keep it for yourself.")


def _may_manage_or_refuse(user: Any, view: SavedView) -> None:
    saved_view_get(user, view.pk)
    if not may_manage(user, view.owner_id):
        raise NotAllowed("Only its owner may change this view.")
