from django.contrib.auth import views as auth_views
from django.urls import path

from monitoring.accounts import views

urlpatterns = [
    path("login/", auth_views.LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", auth_views.LogoutView.as_view(), name="logout"),
    path("password/", views.PasswordChangeView.as_view(), name="password_change"),
    path(
        "password/done/", auth_views.PasswordChangeDoneView.as_view(), name="password_change_done"
    ),
    path("profile/", views.profile, name="profile"),
    path("settings/", views.preferences, name="settings"),
    path("settings/theme/", views.theme, name="settings-theme"),
    path("sessions/end/", views.sessions_log_out, name="sessions-end"),
    path("sessions/<int:pk>/end/", views.session_log_out, name="session-end"),
    path("tokens/new/", views.token_new, name="token-new"),
    path("tokens/<int:pk>/revoke/", views.token_end, name="token-revoke"),
]
