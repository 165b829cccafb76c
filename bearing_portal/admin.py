"""The admin site as a whole: its name, and what packages bring that has no place on it."""

from django.contrib import admin
from django_plotly_dash.admin import DashApp, StatelessApp  # registers them
from django_rq.admin import models as queue_models

admin.site.site_header = admin.site.site_title = "Bearing Portal"
admin.site.index_title = "Administration"

# The portal keeps no Dash apps in rows; the queues have their own pages, for superusers.
for model in (DashApp, StatelessApp, queue_models.Dashboard):
    if admin.site.is_registered(model):
        admin.site.unregister(model)
