import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("datasets", "0011_import_revision"),
        ("monitoring", "0008_api_tokens"),
    ]

    operations = [
        migrations.AddField(
            model_name="generationpart",
            name="lead",
            field=models.ForeignKey(
                help_text="The job whose work was cut.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="monitoring.job",
            ),
        ),
        migrations.AlterField(
            model_name="generationpart",
            name="first_row",
            field=models.PositiveIntegerField(
                help_text="Of the recipe, or file of the plan, from 0."
            ),
        ),
        migrations.AlterField(
            model_name="generationpart",
            name="n_rows",
            field=models.PositiveIntegerField(
                help_text="Rows of the recipe, or files of the plan."
            ),
        ),
    ]
