from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("datasets", "0012_part_leads")]

    operations = [
        migrations.AddField(
            model_name="download",
            name="content",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Digest of what else decides it: signals, tags, the words of the dataset.",
                max_length=32,
            ),
        ),
    ]
