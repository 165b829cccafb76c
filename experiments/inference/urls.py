from django.urls import path

from experiments.inference import batch_views, views

app_name = "inference"

urlpatterns = [
    path("", views.page, name="page"),
    path("spectra.csv", views.spectra_csv, name="spectra"),
    path("batch/", batch_views.batch, name="batch"),
    path("runs/<int:pk>/", batch_views.run, name="run"),
    path("runs/<int:pk>/cancel/", batch_views.run_cancel, name="run-cancel"),
    path("runs/<int:pk>/retry/", batch_views.run_retry, name="run-retry"),
    path("runs/<int:pk>/delete/", batch_views.run_delete, name="run-delete"),
    path("runs/<int:pk>/predictions.csv", batch_views.run_csv, name="run-csv"),
]
