"""Whose account it is that the provider speaks of; a new one where there is none."""

import re
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from common.errors import Invalid, NotAllowed
from common.roles import CURATOR, VIEWER
from monitoring.accounts.people import person_create, rights_of, rights_record
from monitoring.events import event_record
from monitoring.models import SignOnIdentity, SystemEvent

LONGEST_NAME = 140
LONGEST_EMAIL = 254


def person_let_in(*, claims: dict[str, Any]) -> Any:
    """Return the account of who the provider says it is, made where it is new and that is wanted.

    Issuer and subject say who it is, and nothing else: an e-mail address is what anybody may write
    into a profile.
    """
    _check_wanted(claims)
    known = SignOnIdentity.objects.filter(issuer=claims["iss"], subject=claims["sub"])
    identity = known.select_related("user").first()
    if identity is None:
        return _person_new(claims)
    person = identity.user
    if not person.is_active:
        raise NotAllowed("Your account is deactivated; an administrator can activate it.")
    with transaction.atomic():
        known.update(used_at=timezone.now())
        _roles_follow(person, claims)
    return person


def identity_connect(*, user: Any, claims: dict[str, Any]) -> None:
    """Have `user` log in as who the provider says it is from now on."""
    _check_wanted(claims)
    known = SignOnIdentity.objects.filter(issuer=claims["iss"], subject=claims["sub"]).first()
    if known is not None and known.user_id != user.pk:
        raise Invalid(f"Another account uses this log-in of {settings.OIDC_NAME} already.")
    if known is None:
        with transaction.atomic():
            _identity_create(user, claims)
            _note(user, f"connected with {settings.OIDC_NAME}")


@transaction.atomic
def identities_disconnect(*, user: Any) -> int:
    """Let nobody log in as `user` by way of the provider any more."""
    if not user.has_usable_password():
        raise Invalid("You have no password to log in with; an administrator can give you one.")
    n_gone, _ = SignOnIdentity.objects.filter(user=user).delete()
    if n_gone:
        _note(user, f"disconnected from {settings.OIDC_NAME}")
    return n_gone


@transaction.atomic
def identity_end(*, user: Any, identity: SignOnIdentity) -> None:
    """Part a person from who the provider says it is, by whoever looks after accounts."""
    person = identity.user
    identity.delete()
    _note(person, f"disconnected from {identity.issuer}", actor=user)


def refusal_record(*, claims: dict[str, Any], why: str) -> None:
    """Write down whom the provider knows and the portal does not let in."""
    event_record(
        kind=SystemEvent.Kind.LOGIN_FAILED,
        actor=None,
        subject=_plain(claims.get("email") or claims["sub"]) or "without a name",
        detail=f"{settings.OIDC_NAME}: {why}",
    )


def _check_wanted(claims: dict[str, Any]) -> None:
    domains = settings.OIDC_EMAIL_DOMAINS
    if domains and _email_of(claims).rpartition("@")[2].lower() not in domains:
        raise NotAllowed("This portal is for people with a verified e-mail address of its own.")
    if settings.OIDC_REQUIRED_GROUP and settings.OIDC_REQUIRED_GROUP not in _groups_of(claims):
        raise NotAllowed("Your account is not in the group that this portal is for.")


def _person_new(claims: dict[str, Any]) -> Any:
    if not settings.OIDC_NEW_ACCOUNTS:
        raise NotAllowed(
            "You have no account here yet. Once an administrator has made one, connect it in its "
            "profile."
        )
    try:
        with transaction.atomic():
            person = person_create(
                username=_free_name(claims),
                password=None,
                role=None,
                email=_email_of(claims),
                first_name=_plain(claims.get("given_name"))[:150],
                last_name=_plain(claims.get("family_name"))[:150],
            )
            _identity_create(person, claims)
            _note(person, f"account made by {settings.OIDC_NAME}")
            _roles_follow(person, claims, is_new=True)
    except (IntegrityError, ValidationError) as error:  # two first log-ins at once
        raise Invalid("Your account is being made at this moment. Log in again.") from error
    return person


def _identity_create(user: Any, claims: dict[str, Any]) -> None:
    identity = SignOnIdentity(user=user, issuer=claims["iss"], subject=claims["sub"])
    try:
        identity.full_clean()
    except ValidationError as error:
        raise Invalid(f"{settings.OIDC_NAME} names you in a way that cannot be kept.") from error
    identity.save()


def _roles_follow(person: Any, claims: dict[str, Any], *, is_new: bool = False) -> None:
    """Give a person the roles of the provider's groups, and take the others that are named so."""
    named = {role for _, role in settings.OIDC_ROLES}
    due = {role for group, role in settings.OIDC_ROLES if group in _groups_of(claims)}
    if not named and not is_new:
        return
    before = rights_of(person) if not is_new else ""
    person.groups.remove(*Group.objects.filter(name__in=named - due))
    person.groups.add(*_groups(due))
    if not person.groups.exists():
        person.groups.add(*_groups({VIEWER}))
    if CURATOR in named and not person.is_superuser:
        person.is_staff = CURATOR in due  # the admin site is part of that role
        person.save(update_fields=["is_staff"])
    rights_record(user=None, person=person, before=before)


def _groups(names: Iterable[str]) -> list[Group]:
    return [Group.objects.get_or_create(name=name)[0] for name in names]


def _groups_of(claims: dict[str, Any]) -> list[str]:
    said = claims.get(settings.OIDC_GROUPS_CLAIM)
    return [said] if isinstance(said, str) else said if isinstance(said, list) else []


def _email_of(claims: dict[str, Any]) -> str:
    """Return the address if the provider has verified it."""
    email = claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(email, str):
        return ""
    if len(email) > LONGEST_EMAIL or _plain(email) != email:
        return ""
    try:
        validate_email(email)
    except ValidationError:
        return ""
    return email


def _free_name(claims: dict[str, Any]) -> str:
    """Return a user name that nobody has, as near as can be to the provider's."""
    wanted = _plain(claims.get("preferred_username") or _email_of(claims).partition("@")[0])
    wanted = re.sub(r"[^A-Za-z0-9_.@+-]+", "-", wanted).strip("-")[:LONGEST_NAME] or "person"
    # Letters of another size are no other name.
    taken = set(
        get_user_model()
        .objects.filter(username__istartswith=wanted)
        .values_list("username", flat=True)
    )
    taken = {name.lower() for name in taken}
    if wanted.lower() not in taken:
        return wanted
    n = 2
    while f"{wanted}-{n}".lower() in taken:
        n += 1
    return f"{wanted}-{n}"


def _plain(said: Any) -> str:
    """Return a text as the database takes it; nothing of what is none."""
    if not isinstance(said, str):
        return ""
    return said.encode(errors="ignore").decode().replace("\0", "").strip()


def _note(person: Any, what: str, *, actor: Any = None) -> None:
    event_record(
        kind=SystemEvent.Kind.ACCESS,
        actor=actor or person,
        subject=person.get_username(),
        detail=f"single sign-on: {what}",
    )
