from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("signals", "0008_originals_index"),
    ]

    operations = [
        migrations.AddField(
            model_name="savedview",
            name="selected",
            field=models.ManyToManyField(
                blank=True,
                db_constraint=False,
                help_text="What an area drawn upon a projection held: the projection goes, these stay.",
                related_name="+",
                to="signals.signal",
            ),
        ),
    ]
