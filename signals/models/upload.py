from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class Upload(models.Model):
    """A recording brought in for oneself. Its channels are signals in private stores."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="uploads"
    )
    file_name = models.CharField(max_length=200)
    format = models.CharField(max_length=40, help_text="The layout it was recognised by.")
    size_bytes = models.PositiveBigIntegerField("size of the file (bytes)")
    sha256 = models.CharField("SHA-256 of the file", max_length=64)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(db_index=True, help_text="It is deleted by itself then.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="upload_expires_after_creation", condition=Q(expires_at__gt=F("created_at"))
            )
        ]

    def __str__(self) -> str:
        return self.file_name
