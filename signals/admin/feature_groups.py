from common.admin import ShownRows
from signals.models import SignalFeatures, StoreFeatures


class StoreFeaturesInline(ShownRows):
    """Written by imports and jobs alone, as the other."""

    model = StoreFeatures
    fields = ("group", "n_known", "measured_at", "job")


class SignalFeaturesInline(ShownRows):
    model = SignalFeatures
    fields = ("group", "values")
