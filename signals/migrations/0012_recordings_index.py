from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Signals are found by their recording, without a lock on a large table."""

    atomic = False
    dependencies = [
        ("signals", "0011_recordings"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="signal",
            index=models.Index(
                fields=["recording", "row"],
                condition=models.Q(("recording__isnull", False)),
                name="signal_of_recording",
            ),
        ),
    ]
