import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("datasets", "0006_downloads"),
        ("monitoring", "0008_api_tokens"),
        ("signals", "0020_members"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="dataset",
            name="dataset_name_once",
        ),
        migrations.AddField(
            model_name="dataset",
            name="trashed_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="When it was thrown away, if it was.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="dataset",
            name="description",
            field=models.TextField(blank=True, help_text="Markdown.", max_length=10000),
        ),
        migrations.AddIndex(
            model_name="dataset",
            index=models.Index(
                condition=models.Q(("trashed_at__isnull", False)),
                fields=["trashed_at"],
                name="dataset_trashed",
            ),
        ),
        migrations.AddConstraint(
            model_name="dataset",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("name"),
                condition=models.Q(("trashed_at__isnull", True)),
                name="dataset_name_once",
                violation_error_message="This name is taken. Choose another one.",
            ),
        ),
    ]
