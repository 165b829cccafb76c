"""What there is already begins with the version it has."""

from typing import Any

from django.db import migrations


def begin(apps: Any, schema_editor: Any) -> None:
    stores = apps.get_model("signals", "SignalStore").objects.filter(version__gt=0)
    version = apps.get_model("signals", "Version")
    version.objects.bulk_create(
        (
            version(
                store_id=store.pk,
                number=store.version,
                act="made",
                author_id=store.owner_id,
                created_at=store.created_at,
                n_signals=store.n_signals,
                n_rows=store.n_signals,
                n_added=store.n_signals,
            )
            for store in stores.iterator()
        ),
        batch_size=1_000,
    )


class Migration(migrations.Migration):
    dependencies = [("signals", "0017_versions_and_splits")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop, elidable=True)]
