from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from common.admin import act_on_each
from signals.models import Bearing, Signal, SignalStore
from signals.seeds.bearings import BEARING_NAMES
from signals.services.bearings import bearing_accept


def order(name: str) -> Any:
    """Return a column that shows one of a bearing's orders."""

    @admin.display(description=f"{name.upper()} (X)")
    def shown(self: admin.ModelAdmin, bearing: Bearing) -> str:
        return "–" if bearing.pk is None else f"{getattr(bearing, name):.4f}"

    return shown


@admin.register(Bearing)
class BearingAdmin(admin.ModelAdmin):
    """Geometry that curators write down; the orders follow from it."""

    list_display = (
        "name",
        "is_proposed",
        "manufacturer",
        "n_elements",
        "element_diameter_mm",
        "pitch_diameter_mm",
        "contact_angle_deg",
        "bpfo_x",
        "bpfi_x",
        "bsf_x",
        "ftf_x",
        "n_stores",
        "n_signals",
    )
    actions = ("accept",)
    list_filter = ("is_proposed", "manufacturer", "n_elements", "contact_angle_deg")
    search_fields = ("name", "manufacturer", "source")
    orders = ("bpfo_x", "bpfi_x", "bsf_x", "ftf_x")
    geometry = ("n_elements", "element_diameter_mm", "pitch_diameter_mm", "contact_angle_deg")
    fieldsets = (
        (None, {"fields": ("name", "manufacturer", "source")}),
        ("Geometry", {"fields": geometry}),
        ("Orders of the shaft, outer ring at rest", {"fields": orders}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Bearing]:
        stores, signals = (
            model.objects.filter(bearing=OuterRef("pk"))
            .order_by()
            .values("bearing")
            .annotate(n=Count("pk"))
            .values("n")
            for model in (SignalStore, Signal)
        )
        counts = {"n_stores": Subquery(stores), "n_signals": Subquery(signals)}
        return super().get_queryset(request).annotate(**counts)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # The seed knows its bearings by name: a renamed one would come back beside itself.
        is_seeded = obj is not None and obj.name in BEARING_NAMES
        return (*self.orders, "name") if is_seeded else self.orders

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # A bearing in use may lie on other people's private signals.
        allowed = super().has_delete_permission(request, obj)
        if obj is None or request.user.is_superuser:
            return allowed
        return allowed and not obj.stores.exists() and not obj.signals.exists()

    @admin.action(description="Accept the selected proposals", permissions=["change"])
    def accept(self, request: HttpRequest, bearings: QuerySet[Bearing]) -> None:
        def accept_one(bearing: Bearing) -> None:
            bearing_accept(user=request.user, bearing=bearing)

        act_on_each(self, request, bearings, accept_one, done="accepted")

    bpfo_x = order("bpfo")
    bpfi_x = order("bpfi")
    bsf_x = order("bsf")
    ftf_x = order("ftf")

    @admin.display(description="stores", ordering="n_stores")
    def n_stores(self, bearing: Bearing) -> int:
        return getattr(bearing, "n_stores", None) or 0

    @admin.display(description="signals of their own", ordering="n_signals")
    def n_signals(self, bearing: Bearing) -> int:
        return getattr(bearing, "n_signals", None) or 0
