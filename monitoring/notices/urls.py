from django.urls import path

from monitoring.notices import views

app_name = "notifications"

urlpatterns = [
    path("", views.notices, name="list"),
    path("new/", views.new_notices, name="new"),
    path("read/", views.read_all, name="read"),
    path("<int:pk>/open/", views.open_notice, name="open"),
]
