from django.urls import path

from experiments.transfer import views

app_name = "transfer"

urlpatterns = [
    path("", views.page, name="page"),
    path("<int:pk>/", views.run, name="run"),
    path("<int:pk>/cancel/", views.run_cancel, name="cancel"),
    path("<int:pk>/retry/", views.run_retry, name="retry"),
    path("<int:pk>/delete/", views.run_delete, name="delete"),
    path("<int:pk>/report.json", views.run_json, name="report"),
]
