"""The addresses of the Dash apps, in place of `django_plotly_dash.urls`.

The names are those django-plotly-dash looks up. Left out on purpose: instances kept in the database
(`DashApp`), whole-page apps, assets, and `add_stateless_apps`, which answered anybody.
"""

from django.urls import path

from bearing_portal.dashboards.embedding import dispatch

app_name = "the_django_plotly_dash"
urlpatterns = [
    path("app/<slug:ident>/_dash-update-component", dispatch.update, name="app-update-component"),
    path(
        "app/<slug:ident>/_dash-update-components",
        dispatch.update_several,
        name="app-update-components",
    ),
    path("scripts/<slug:name>.<slug:digest>.js", dispatch.scripts, name="scripts"),
    path("app/<slug:ident>/", dispatch.app_page, name="app-main"),
]
