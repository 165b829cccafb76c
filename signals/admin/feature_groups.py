from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from signals.models import SignalFeatures, StoreFeatures


class _Measured(admin.TabularInline):
    """Written by imports and jobs alone."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class StoreFeaturesInline(_Measured):
    model = StoreFeatures
    fields = ("group", "n_known", "measured_at", "job")


class SignalFeaturesInline(_Measured):
    model = SignalFeatures
    fields = ("group", "values")
