from django.urls import path

from signals.uploads import views

app_name = "uploads"

urlpatterns = [
    path("", views.upload_list, name="list"),
    path("new/", views.upload_new, name="new"),
    path("<int:pk>/delete/", views.upload_remove, name="delete"),
]
