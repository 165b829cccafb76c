from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Copies are counted apart, from the index alone; without a lock on a large table."""

    atomic = False
    dependencies = [
        ("signals", "0007_stores_on_their_way_out"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="signal",
            index=models.Index(
                fields=["store", "fault_class", "severity"],
                include=["augmented", "rms", "rpm", "load_percent", "rank_in_class"],
                name="signal_counted",
            ),
        ),
        RemoveIndexConcurrently(model_name="signal", name="signal_explored"),
    ]
