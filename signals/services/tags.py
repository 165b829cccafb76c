"""Tags: the one place where signals get and lose them, with history and undo.

A tag is a word. It exists for those who see a signal that bears it, and for nobody else: what
strangers call their private signals is neither offered, found, counted, renamed nor reused.
"""

import json
import secrets
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from common.database import among
from common.errors import Invalid, NotAllowed, NotFound
from common.roles import is_curator
from common.text import counted, thousands
from common.text.names import name_clean
from signals.models import Signal, Tag
from signals.selectors import may_label, stores_labelled, stores_visible, tags_visible
from signals.services.history import history_write, signals_history_write

MOST_TAGGED: Final = 100_000
UNDO_S: Final = 600
_LONGEST: Final = Tag._meta.get_field("name").max_length or 0
_AT_ONCE: Final = 5_000


@dataclass(frozen=True)
class Tagging:
    """What one act of tagging did.

    Attributes
    ----------
    name : str
        The tag, as it is written.
    is_removal : bool
        Whether it was taken away.
    signals : frozenset of int
        Ids of the signals that changed; all others had it already, or did not have it.
    undo : str
        What `tagging_undo` takes; empty where nothing changed.
    """

    name: str
    is_removal: bool
    signals: frozenset[int]
    undo: str


def may_tag(user: Any, signal: Signal) -> bool:
    """Tell whether `user`, who sees the signal, may tag it."""
    return may_label(user, signal.store)


@transaction.atomic
def signals_tag(
    *, user: Any, signals: QuerySet[Signal] | Iterable[int], name: str, remove: bool = False
) -> Tagging:
    """Give signals a tag, or take it from them.

    Parameters
    ----------
    signals : queryset of Signal, or ids
        What `user` may not see is left out; one that `user` sees and may not tag refuses the whole.
    name : str
        Of the tag, in any case of letters: it is written as a tag that `user` sees already is.
    remove : bool
        Take it away instead.
    """
    word = name_clean(name, what="A tag", longest=_LONGEST)
    chosen = _taggable(user, signals)
    if remove:
        changed = _untag(user, word, chosen)
    else:
        word = _as_seen(user, word)
        changed = _tag(user, word, chosen)
    if len(changed) == 1:
        word = next(iter(changed))
    return Tagging(
        name=word,
        is_removal=remove,
        signals=frozenset(pk for pks in changed.values() for pk in pks),
        undo=_undo_kept(user, remove, changed) if changed else "",
    )


@transaction.atomic
def tagging_undo(*, user: Any, token: str) -> int:
    """Take back what one act of tagging did, of the very signals it changed; return how many."""
    key = _undo_key(user, token)
    kept = cache.get(key)
    if not isinstance(kept, str):
        raise NotFound("It cannot be undone any more; tag the signals again.")
    was_removal, changed = json.loads(kept)
    n = 0
    for word, pks in changed.items():
        chosen = _taggable(user, pks)
        undone = _tag(user, word, chosen) if was_removal else _unlink(user, word, chosen)
        n += sum(len(pks) for pks in undone.values())
    cache.delete(key)
    return n


@transaction.atomic
def signal_tags_set(*, user: Any, signal: Signal, names: Iterable[str]) -> None:
    """Give one signal these tags and no others."""
    wanted = set(names)
    before = set(signal.tags.values_list("name", flat=True))
    for name in sorted(before - wanted):
        signals_tag(user=user, signals=[signal.pk], name=name, remove=True)
    for name in sorted(wanted - before):
        signals_tag(user=user, signals=[signal.pk], name=name)


@transaction.atomic
def tag_rename(*, user: Any, tag: Tag, name: str) -> Tag:
    """Give a tag another name on the signals that `user` sees; return the tag they bear then.

    On signals of others it keeps its name. A name that is in use makes the two one.
    """
    links = _curated_links(user, tag)
    word = name_clean(name, what="A tag", longest=_LONGEST)
    others = tags_visible(user).exclude(pk=tag.pk).filter(name__iexact=word)
    seen = others.filter(name=word).first() or others.first()
    new = _locked(seen.name if seen else word)
    if new.pk == tag.pk:
        return tag
    has_it = Signal.tags.through.objects.filter(tag=new, signal=OuterRef("signal"))
    n = links.exclude(Exists(has_it)).update(tag=new)
    links.delete()
    tags_forget_unused(tags=[tag.pk])
    history_write(user=user, entries=[(new, f"Renamed from “{tag}” on {counted(n, 'signal')}.")])
    return new


@transaction.atomic
def tag_delete(*, user: Any, tag: Tag) -> None:
    """Take a tag from all signals that `user` sees; on signals of others it stays."""
    links = _curated_links(user, tag)
    pks = list(links.values_list("signal_id", flat=True))
    links.delete()
    signals_history_write(user=user, signals=pks, message=f"Tag “{tag}” taken away.")
    tags_forget_unused(tags=[tag.pk])


def tags_forget_unused(*, tags: Iterable[int]) -> None:
    """Delete those of these tags, by id, that no signal bears; call it inside a transaction."""
    # Locked first: somebody may be giving one of them to a signal.
    locked = list(Tag.objects.filter(pk__in=tags).order_by("pk").select_for_update())
    borne = Signal.tags.through.objects.filter(tag=OuterRef("pk"))
    Tag.objects.filter(pk__in=[tag.pk for tag in locked]).exclude(Exists(borne)).delete()


def _taggable(user: Any, signals: QuerySet[Signal] | Iterable[int]) -> list[int]:
    pks: Any = signals.values("pk") if isinstance(signals, QuerySet) else among(signals)
    visible = Signal.objects.filter(pk__in=pks, store__in=stores_visible(user)).order_by("pk")
    found = list(visible.values_list("pk", "store_id")[: MOST_TAGGED + 1])
    if len(found) > MOST_TAGGED:
        raise Invalid(
            f"At most {thousands(MOST_TAGGED)} signals can be tagged at once; choose fewer."
        )
    stores = {store for _, store in found}
    if stores - set(stores_labelled(user).filter(pk__in=stores).values_list("pk", flat=True)):
        raise NotAllowed(
            "Tags are edited by the signals' owner, by members who may label, and by curators."
        )
    return [pk for pk, _ in found]


def _curated_links(user: Any, tag: Tag) -> QuerySet[Any]:
    if not is_curator(user):
        raise NotAllowed("A tag is renamed and deleted by curators.")
    if not tags_visible(user).filter(pk=tag.pk).exists():
        raise NotFound("There is no such tag.")
    visible = stores_visible(user).values("pk")
    return Signal.tags.through.objects.filter(tag=tag, signal__store__in=visible)


def _as_seen(user: Any, word: str) -> str:
    """Return the word as a tag that `user` sees is written, so that LOOSE and Loose are one."""
    names = list(tags_visible(user).filter(name__iexact=word).values_list("name", flat=True))
    return word if word in names or not names else names[0]


def _tag(user: Any, word: str, chosen: list[int]) -> dict[str, list[int]]:
    if not chosen:
        return {}
    tag, links = _locked(word), Signal.tags.through.objects
    tagged = set(
        links.filter(tag=tag, signal__in=among(chosen)).values_list("signal_id", flat=True)
    )
    changed = [pk for pk in chosen if pk not in tagged]
    rows = [Signal.tags.through(signal_id=pk, tag=tag) for pk in changed]
    links.bulk_create(rows, ignore_conflicts=True, batch_size=_AT_ONCE)
    signals_history_write(user=user, signals=changed, message=f"Tag “{word}” added.")
    return {word: changed} if changed else {}


def _untag(user: Any, word: str, chosen: list[int]) -> dict[str, list[int]]:
    """Take a tag away as it is written; where none is written so, in any case of letters."""
    if changed := _unlink(user, word, chosen):
        return changed
    same = Tag.objects.filter(name__iexact=word, signals__in=among(chosen)).distinct()
    found: dict[str, list[int]] = {}
    for name in list(same.values_list("name", flat=True)):
        found |= _unlink(user, name, chosen)
    return found


def _unlink(user: Any, word: str, chosen: list[int]) -> dict[str, list[int]]:
    links = Signal.tags.through.objects.filter(tag__name=word, signal__in=among(chosen))
    signals_of: dict[int, list[int]] = defaultdict(list)
    for pk, tag_id in links.values_list("signal_id", "tag_id"):
        signals_of[tag_id].append(pk)
    changed = [pk for pks in signals_of.values() for pk in pks]
    links.delete()
    signals_history_write(user=user, signals=changed, message=f"Tag “{word}” taken away.")
    tags_forget_unused(tags=signals_of)
    return {word: changed} if changed else {}


def _locked(word: str) -> Tag:
    """Return the tag of exactly this name, kept from being forgotten until the transaction ends."""
    for _ in range(3):
        if tag := Tag.objects.filter(name=word).select_for_update(no_key=True).first():
            return tag
        made = Tag(name=word)
        made.full_clean(validate_unique=False)
        try:
            with transaction.atomic():
                made.save()
        except IntegrityError:
            continue  # somebody made it at the same time
        return made
    raise Invalid(f"The tag “{word}” is being changed by somebody else; try again.")


def _undo_kept(user: Any, is_removal: bool, changed: dict[str, list[int]]) -> str:
    token = secrets.token_urlsafe(16)
    cache.set(_undo_key(user, token), json.dumps([is_removal, changed]), UNDO_S)
    return token


def _undo_key(user: Any, token: str) -> str:
    return f"tag-undo:{user.pk}:{token[:40]}"
