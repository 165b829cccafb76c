import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0006_remove_daily_counts"),
        ("signals", "0006_table_columns"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="signalstore",
            name="removed_by",
            field=models.OneToOneField(
                blank=True,
                help_text="The job that removes its signals and files.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="monitoring.job",
            ),
        ),
        migrations.AlterField(
            model_name="signalstore",
            name="owner",
            field=models.ForeignKey(
                help_text="Nobody: it is on its way out, and nobody sees it.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="signal_stores",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
