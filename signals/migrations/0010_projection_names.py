from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("signals", "0009_kept_selections"),
    ]

    operations = [
        migrations.AlterField(
            model_name="projection",
            name="method",
            field=models.CharField(
                choices=[("pca", "PCA"), ("tsne", "t-SNE"), ("umap", "UMAP-like")], max_length=4
            ),
        ),
    ]
