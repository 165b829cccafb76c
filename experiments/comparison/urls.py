from django.urls import path

from experiments.comparison import views

app_name = "comparison"

urlpatterns = [
    path("", views.page, name="page"),
    path("<slug:code>.csv", views.curves_csv, name="curves"),
]
