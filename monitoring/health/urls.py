from django.urls import path

from monitoring.health import views

app_name = "health"

urlpatterns = [
    path("system-health/", views.page, name="page"),
    path("system-health/live/", views.live, name="live"),
    path("system-health/score/", views.score, name="score"),
    path("system-health/footer/", views.footer, name="footer"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
]
