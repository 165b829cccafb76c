"""Trends come from the times at which things were made; the counts of each day go.

Backwards the table comes back empty.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0005_time_zone")]
    operations = [migrations.DeleteModel(name="DailyCount")]
