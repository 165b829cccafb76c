from django.urls import path

from monitoring import health_views

app_name = "health"

urlpatterns = [
    path("system-health/", health_views.page, name="page"),
    path("system-health/live/", health_views.live, name="live"),
    path("system-health/score/", health_views.score, name="score"),
    path("system-health/footer/", health_views.footer, name="footer"),
    path("healthz", health_views.healthz, name="healthz"),
    path("readyz", health_views.readyz, name="readyz"),
    path("metrics", health_views.metrics, name="metrics"),
]
