"""What the portal keeps of a person beside the account itself."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from monitoring.accounts.time_zone import zone_of


class UserSettings(models.Model):
    """How one person wants the portal; without a row everything is as it is for everybody."""

    class Theme(models.TextChoices):
        SYSTEM = "system", "As the system"
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"

    class PageSize(models.IntegerChoices):
        SMALL = 25, "25"
        MEDIUM = 50, "50"
        LARGE = 100, "100"

    class MainsHz(models.IntegerChoices):
        FIFTY = 50, "50 Hz"
        SIXTY = 60, "60 Hz"

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="portal_settings",
    )
    theme = models.CharField(max_length=10, choices=Theme, default=Theme.SYSTEM)
    page_size = models.PositiveSmallIntegerField(choices=PageSize, default=PageSize.MEDIUM)
    time_zone = models.CharField(
        max_length=64, blank=True, default="", db_default="", help_text="Empty: the browser's."
    )

    mains_hz = models.PositiveSmallIntegerField(
        "mains frequency (Hz)",
        choices=MainsHz,
        null=True,
        blank=True,
        help_text="Empty: that of the site.",
    )

    class Meta:
        verbose_name_plural = "user settings"
        constraints = [
            models.CheckConstraint(
                name="settings_theme_known", condition=Q(theme__in=["system", "light", "dark"])
            ),
            models.CheckConstraint(
                name="settings_page_size_offered", condition=Q(page_size__in=[25, 50, 100])
            ),
            models.CheckConstraint(
                name="settings_mains_known",
                condition=Q(mains_hz__isnull=True) | Q(mains_hz__in=[50, 60]),
            ),
        ]

    def __str__(self) -> str:
        return f"Settings of {self.user}"

    def clean(self) -> None:
        if self.time_zone and zone_of(self.time_zone) is None:
            raise ValidationError({"time_zone": "Choose one of the time zones offered."})


class NoticeChoice(models.Model):
    """Where one person wants one kind of notice; without a row in the portal only."""

    class Kind(models.TextChoices):
        READY = "ready", "Something of mine is ready"
        FAILED = "failed", "Something of mine failed"
        NEWS = "news", "Other news"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_choices"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    in_portal = models.BooleanField(default=True)
    by_email = models.BooleanField(default=False)

    class Meta:
        ordering = ["user", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="notice_choice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} for {self.user}"


class UserSession(models.Model):
    """One browser in which a person is logged in, beside the row of Django's session."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="portal_sessions"
    )
    session_key = models.CharField(max_length=40, unique=True, editable=False)
    user_agent = models.CharField(max_length=300, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-seen_at", "-id"]
        indexes = [models.Index(fields=["user", "-seen_at"], name="session_of_user")]

    def __str__(self) -> str:
        return f"Session of {self.user}"


class ApiToken(models.Model):
    """What a program shows in place of a password. Only its hash is kept."""

    MOST_PER_PERSON = 20

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens"
    )
    name = models.CharField(max_length=60, help_text="Where it is used, for example Test rig 3.")
    digest = models.CharField(
        max_length=64, unique=True, editable=False, help_text="SHA-256 of the token, in hex."
    )
    hint = models.CharField(max_length=12, editable=False, help_text="How the token begins.")
    may_write = models.BooleanField("create, import and label", default=False)
    may_train = models.BooleanField("train and predict", default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Empty: it does not expire.")
    used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "API token"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="token_digest_sha256", condition=Q(digest__regex="^[0-9a-f]{64}$")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    @property
    def scopes(self) -> tuple[str, ...]:
        """What it may: every token reads."""
        given = (("read", True), ("write", self.may_write), ("train", self.may_train))
        return tuple(name for name, is_given in given if is_given)

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()


class SignOnIdentity(models.Model):
    """Who a person is at the provider of single sign-on: its issuer and subject, as it says."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sign_on_identities"
    )
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    used_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name_plural = "sign-on identities"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="identity_once"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} at {self.issuer}"
