from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.utils import timezone

from signals.models.store import SignalStore


class StoreMember(models.Model):
    """A person or a group that a store's owner lets in."""

    store = models.ForeignKey(SignalStore, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="store_memberships",
    )
    group = models.ForeignKey(
        Group, null=True, blank=True, on_delete=models.CASCADE, related_name="store_memberships"
    )
    may_label = models.BooleanField(
        default=False, help_text="May change labels and tags, beside reading."
    )
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="store_member_is_one",
                condition=Q(user__isnull=False, group__isnull=True)
                | Q(user__isnull=True, group__isnull=False),
            ),
            models.UniqueConstraint(fields=["store", "user"], name="store_member_user_once"),
            models.UniqueConstraint(fields=["store", "group"], name="store_member_group_once"),
        ]

    def __str__(self) -> str:
        return str(self.user or self.group)
