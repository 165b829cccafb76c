from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0008_api_tokens"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="systemevent",
            name="about",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="Key of the thing.", max_length=40
            ),
        ),
        migrations.AlterField(
            model_name="systemevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("login", "Logged in"),
                    ("login-failed", "Log-in failed"),
                    ("logout", "Logged out"),
                    ("created", "Created"),
                    ("completed", "Completed"),
                    ("deleted", "Deleted"),
                    ("restored", "Restored"),
                    ("removed", "Removed for good"),
                    ("exported", "Exported"),
                    ("shared", "Sharing changed"),
                    ("edited", "Edited"),
                    ("relabelled", "Relabelled"),
                    ("failed", "Failed"),
                    ("cancelled", "Cancelled"),
                ],
                max_length=20,
            ),
        ),
    ]
