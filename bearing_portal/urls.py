from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from bearing_portal.api.site import api, missing
from bearing_portal.dashboards.embedding.dispatch import explorer, viewer
from bearing_portal.dashboards.experiments.http import figures as experiment_figures
from bearing_portal.dashboards.explorer.http import downloads, groups, projections, table
from bearing_portal.dashboards.explorer.http import filters as explorer_pages
from bearing_portal.dashboards.viewer import http
from bearing_portal.frame import views
from monitoring.logs.views import logs

urlpatterns = [
    path("", views.home, name="home"),
    path("favicon.ico", views.icon, name="icon"),
    path("search/", views.search, name="search"),
    path("licence/", views.licence, name="licence"),
    path("docs/", views.docs, name="docs"),
    path("docs/<path:name>", views.docs, name="docs-file"),
    path("documentation/", views.documentation, name="documentation"),
    path("documentation/<slug:name>/", views.documentation, name="documentation-page"),
    path("accounts/", include("monitoring.accounts.urls")),
    path("system-health/logs/", logs, name="health-logs"),
    path("datasets/import/", include("datasets.imports.urls")),
    path("datasets/", include("datasets.urls")),
    path("", include("experiments.urls")),
    path("experiments/<int:pk>/figures/", experiment_figures, name="experiment-figures"),
    path("uploads/", include("signals.uploads.urls")),
    path("experiments/compare/", include("experiments.comparison.urls")),
    path("experiments/sim-to-real/", include("experiments.transfer.urls")),
    path("inference/", include("experiments.inference.urls")),
    path("notifications/", include("monitoring.notices.urls")),
    path("", include("monitoring.health.urls")),
    path("data-explorer/", explorer, name="explorer"),
    path("data-explorer/filters/", explorer_pages.filters, name="explorer-filters"),
    path("data-explorer/line/", explorer_pages.line, name="explorer-line"),
    path("data-explorer/views/", explorer_pages.views, name="explorer-views"),
    path("data-explorer/views/new/", explorer_pages.view_new, name="explorer-view-new"),
    path("data-explorer/views/<int:pk>/", explorer_pages.view_edit, name="explorer-view"),
    path(
        "data-explorer/projection/<slug:key>/",
        projections.projection_state,
        name="explorer-projection",
    ),
    path(
        "data-explorer/projection/<slug:key>/cancel/",
        projections.projection_cancel,
        name="explorer-projection-cancel",
    ),
    path("data-explorer/groups/", groups.groups, name="explorer-groups"),
    path("data-explorer/columns/", table.columns, name="explorer-columns"),
    path("data-explorer/table/rows/", table.rows, name="explorer-rows"),
    path("data-explorer/table/ids/", table.all_ids, name="explorer-ids"),
    path("data-explorer/table/tag/", table.tag, name="explorer-table-tag"),
    path("data-explorer/table/tag/undo/", table.tag_undo, name="explorer-table-untag"),
    path("data-explorer/table/relabel/", table.relabel, name="explorer-table-relabel"),
    path("data-explorer/table/remove/", table.remove, name="explorer-table-remove"),
    path("data-explorer/versions/undo/", table.version_back, name="explorer-version-undo"),
    path("data-explorer/table/compare/", table.compare, name="explorer-table-compare"),
    path("data-explorer/download/", downloads.downloads, name="explorer-download"),
    path("data-explorer/export/<slug:code>/", downloads.export, name="explorer-export"),
    path("signal-viewer/", viewer, name="viewer"),
    path("signal-viewer/find/", http.find, name="viewer-find"),
    path("signal-viewer/random/", http.random, name="viewer-random"),
    path("signal-viewer/script/", http.script, name="viewer-script"),
    path("signal-viewer/compare/", http.compare, name="viewer-compare"),
    path("signal-viewer/<int:pk>/bearing/", http.bearing, name="viewer-bearing"),
    path("signal-viewer/<int:pk>/mains/", http.mains, name="viewer-mains"),
    path("signal-viewer/<int:pk>/notes/", http.notes, name="viewer-notes"),
    path("signal-viewer/<int:pk>/export/<slug:code>/", http.export, name="viewer-export"),
    path("dash/", include("bearing_portal.dashboards.embedding.urls")),
    path("api/v1/", api.urls),
    re_path(r"^api/(?P<rest>.*)$", missing),
    path("admin/queues/", include("bearing_portal.operations.queues")),
    # Only the portal's own page asks all that a log-in asks.
    path("admin/login/", views.admin_log_in),
    # Only the portal's own page also ends the other sessions.
    path("admin/password_change/", RedirectView.as_view(pattern_name="password_change")),
    # Django's way from an object to its page: none here has one, and some keys are no numbers.
    path("admin/r/<path:rest>", views.nothing),
    path("admin/", admin.site.urls),
]

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error
