from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Without a lock: people go on working while a large table is indexed."""

    atomic = False
    dependencies = [
        ("signals", "0004_explorer"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="signal",
            index=models.Index(
                fields=["store", "fault_class", "severity"],
                include=["rms", "rpm", "load_percent", "rank_in_class"],
                name="signal_explored",
            ),
        ),
        RemoveIndexConcurrently(model_name="signal", name="signal_class_severity"),
    ]
