from django.urls import path

from datasets.views import (
    datasets,
    downloads,
    recipes,
    recordings,
    sharing,
    trash,
    verification,
)

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
    path("<int:pk>/delete/", trash.dataset_remove, name="delete"),
    path("<int:pk>/restore/", trash.dataset_restore, name="restore"),
    path("<int:pk>/purge/", trash.dataset_purge, name="purge"),
    path("<int:pk>/cancel/", datasets.dataset_stop, name="cancel"),
    path("<int:pk>/retry/", datasets.dataset_again, name="retry"),
    path("<int:pk>/share/", sharing.dataset_visibility, name="share"),
    path("<int:pk>/members/", sharing.dataset_members, name="members"),
    path("<int:pk>/members/names/", sharing.dataset_member_names, name="member-names"),
    path("<int:pk>/members/<int:member_pk>/", sharing.dataset_member_right, name="member-right"),
    path(
        "<int:pk>/members/<int:member_pk>/remove/",
        sharing.dataset_member_leave,
        name="member-remove",
    ),
    path("<int:pk>/activity/", sharing.dataset_activity, name="activity"),
    path("<int:pk>/bearing/", datasets.dataset_bearing, name="bearing"),
    path("<int:pk>/features/", datasets.dataset_features, name="features"),
    path("<int:pk>/recipe/", recipes.recipe_file, name="recipe"),
    path("<int:pk>/specimens/<int:specimen_pk>/", recordings.specimen_type, name="specimen-type"),
    path("<int:pk>/recordings/", recordings.dataset_recordings, name="recordings"),
    path(
        "<int:pk>/recordings/<int:recording_pk>/original/",
        recordings.recording_original,
        name="original",
    ),
    path("<int:pk>/verification/", verification.verifications, name="verifications"),
    path("<int:pk>/verification/new/", verification.verification_new, name="verify"),
    path(
        "<int:pk>/verification/<int:verification_pk>/cancel/",
        verification.verification_stop,
        name="verify-cancel",
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
