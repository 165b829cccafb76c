from django.urls import path

from datasets import views

app_name = "datasets"

urlpatterns = [
    path("", views.dataset_list, name="list"),
    path("create/", views.dataset_new, name="create"),
    path("create/check/", views.dataset_check, name="check"),
    path("<int:pk>/", views.dataset_detail, name="detail"),
    path("<int:pk>/card/", views.dataset_card, name="card"),
    path("<int:pk>/delete/", views.dataset_remove, name="delete"),
    path("<int:pk>/cancel/", views.dataset_stop, name="cancel"),
    path("<int:pk>/retry/", views.dataset_again, name="retry"),
    path("<int:pk>/share/", views.dataset_visibility, name="share"),
    path("<int:pk>/bearing/", views.dataset_bearing, name="bearing"),
    path("<int:pk>/download/hdf5/", views.dataset_download, name="download"),
]
