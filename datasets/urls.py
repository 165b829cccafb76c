from django.urls import path

from datasets.views import datasets, downloads, recipes, recordings, splits, versions

app_name = "datasets"

urlpatterns = [
    path("", datasets.dataset_list, name="list"),
    path("create/", datasets.dataset_new, name="create"),
    path("create/check/", datasets.dataset_check, name="check"),
    path("create/recipe/", recipes.recipe_new, name="create-recipe"),
    path("create/recipe/check/", recipes.recipe_check, name="check-recipe"),
    path("<int:pk>/", datasets.dataset_detail, name="detail"),
    path("<int:pk>/card/", datasets.dataset_card, name="card"),
    path("<int:pk>/edit/", datasets.dataset_edit, name="edit"),
    path("<int:pk>/delete/", datasets.dataset_remove, name="delete"),
    path("<int:pk>/cancel/", datasets.dataset_stop, name="cancel"),
    path("<int:pk>/retry/", datasets.dataset_again, name="retry"),
    path("<int:pk>/share/", datasets.dataset_visibility, name="share"),
    path("<int:pk>/bearing/", datasets.dataset_bearing, name="bearing"),
    path("<int:pk>/features/", datasets.dataset_features, name="features"),
    path("<int:pk>/recipe/", recipes.recipe_file, name="recipe"),
    path("<int:pk>/versions/", versions.version_list, name="versions"),
    path("<int:pk>/versions/compare/", versions.version_compare, name="version-compare"),
    path("<int:pk>/versions/changes.csv", versions.version_changes, name="version-changes"),
    path("<int:pk>/versions/<int:number>/", versions.version_page, name="version"),
    path("<int:pk>/versions/<int:number>/undo/", versions.version_take_back, name="version-undo"),
    path("<int:pk>/splits/new/", splits.split_new, name="split-new"),
    path("<int:pk>/splits/<int:split_pk>/", splits.split_page, name="split"),
    path("<int:pk>/splits/<int:split_pk>/delete/", splits.split_remove, name="split-delete"),
    path("<int:pk>/recordings/", recordings.dataset_recordings, name="recordings"),
    path(
        "<int:pk>/recordings/<int:recording_pk>/original/",
        recordings.recording_original,
        name="original",
    ),
    path("<int:pk>/downloads/", downloads.downloads, name="downloads"),
    path("<int:pk>/downloads/new/<slug:code>/", downloads.download_new, name="download-new"),
    path(
        "<int:pk>/downloads/<int:download_pk>/cancel/",
        downloads.download_stop,
        name="download-cancel",
    ),
    path("<int:pk>/downloads/<int:download_pk>/file/", downloads.download_built, name="built"),
    path("<int:pk>/download/hdf5/", downloads.dataset_download, name="download"),
]
