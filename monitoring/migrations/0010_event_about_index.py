from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The events of one thing are found without reading them all, and added without a lock."""

    atomic = False
    dependencies = [("monitoring", "0009_event_about")]

    operations = [
        AddIndexConcurrently(
            model_name="systemevent",
            index=models.Index(
                fields=["about", "-id"],
                condition=~models.Q(("about", "")),
                name="event_about_newest",
            ),
        ),
    ]
