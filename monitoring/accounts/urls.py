from django.contrib.auth import views as auth_views
from django.urls import path

from monitoring.accounts import views
from monitoring.accounts.single_sign_on import views as sign_on
from monitoring.accounts.two_factor import views as second_step

urlpatterns = [
    path("login/", views.LoginView.as_view(), name="login"),
    path("login/code/", second_step.log_in_code, name="login-code"),
    path("login/set-up/", second_step.log_in_set_up, name="login-set-up"),
    path("logout/", auth_views.LogoutView.as_view(), name="logout"),
    path("password/", views.PasswordChangeView.as_view(), name="password_change"),
    path(
        "password/done/", auth_views.PasswordChangeDoneView.as_view(), name="password_change_done"
    ),
    path("oidc/", sign_on.start, name="oidc-start"),
    path("oidc/callback/", sign_on.callback, name="oidc-callback"),
    path("oidc/connect/", sign_on.connect, name="oidc-connect"),
    path("oidc/disconnect/", sign_on.disconnect, name="oidc-disconnect"),
    path("two-factor/", second_step.two_factor, name="two-factor"),
    path("two-factor/app/", second_step.app, name="two-factor-app"),
    path("two-factor/codes/", second_step.codes, name="two-factor-codes"),
    path("two-factor/off/", second_step.off, name="two-factor-off"),
    path("profile/", views.profile, name="profile"),
    path("settings/", views.preferences, name="settings"),
    path("settings/theme/", views.theme, name="settings-theme"),
    path("sessions/end/", views.sessions_log_out, name="sessions-end"),
    path("sessions/<int:pk>/end/", views.session_log_out, name="session-end"),
    path("tokens/new/", views.token_new, name="token-new"),
    path("tokens/<int:pk>/revoke/", views.token_end, name="token-revoke"),
]
