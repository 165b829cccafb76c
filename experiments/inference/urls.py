from django.urls import path

from experiments.inference import views

app_name = "inference"

urlpatterns = [
    path("", views.page, name="page"),
    path("spectra.csv", views.spectra_csv, name="spectra"),
]
