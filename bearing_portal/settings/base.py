"""What every way of running shares. Each variable read here is explained in `.env.example`."""

from datetime import timedelta

from csp.constants import NONCE
from django.core.exceptions import ImproperlyConfigured

from bearing_portal.operations.embedded.facts import read_facts
from bearing_portal.settings.caching import cache_settings, queue_settings
from bearing_portal.settings.environment import valkey_connection
from bearing_portal.settings.logs import logging_settings
from bearing_portal.settings.places import BASE_DIR, data_dir, environment
from bearing_portal.settings.processes import web_processes
from bearing_portal.settings.single_sign_on import single_sign_on

env = environment()
DATA_DIR = data_dir()
STORAGE_DIR = DATA_DIR / "storage"
STORAGE_URL = env.bucket("STORAGE_URL")
SCRATCH_DIR = env.folder("SCRATCH_DIR", DATA_DIR / "scratch")
HOST = env.text("HOST", "127.0.0.1")
PORT = env.integer("PORT", 8000, lowest=1, highest=65535)
DEBUG = env.boolean("DEBUG", False)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "bearing_portal.apps.PortalConfig",
    "experiments",
    "datasets",
    "signals",
    "monitoring",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "bearing_portal.operations.static_files.PortalStaticFilesConfig",
    "channels",
    "django_rq",
    "django_plotly_dash.apps.DjangoPlotlyDashConfig",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "csp",
    "ninja",  # its pages of documentation, served from here
]
MIDDLEWARE = [
    "bearing_portal.middleware.RequestIdMiddleware",
    "monitoring.health.metrics_middleware.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "bearing_portal.middleware.PrivateMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "monitoring.accounts.middleware.PersonMiddleware",
    "monitoring.accounts.two_factor.middleware.TwoFactorMiddleware",
    "monitoring.accounts.middleware.SeenMiddleware",
    "monitoring.accounts.time_zone.TimeZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "bearing_portal.middleware.ExpiredSessionMiddleware",
    "bearing_portal.middleware.ErrorMiddleware",
    "bearing_portal.rates.RatesMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "bearing_portal.urls"
ASGI_APPLICATION = "bearing_portal.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {
                name: f"bearing_portal.frame.templatetags.{name}" for name in ("charts", "portal")
            }
            | {"dash": "bearing_portal.dashboards.embedding.tags"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "bearing_portal.frame.context_processors.portal",
            ],
        },
    }
]

# PostgreSQL and Valkey: named by URL, or the embedded ones, whose port and password a file keeps.
facts = read_facts(DATA_DIR)
EMBEDDED_POSTGRES = not env.text("DATABASE_URL")
EMBEDDED_VALKEY = not env.text("REDIS_URL")
DATABASES = {"default": env.postgres("DATABASE_URL") or facts.database()}
REDIS_URL = env.valkey("REDIS_URL") or facts.valkey_url()

# Only the web process shares connections among threads. A pool does not survive the fork of an RQ
# work horse, and a command needs one connection.
PORTAL_PROCESS = env.choice("PORTAL_PROCESS", "command", ("command", "web"))
is_web = PORTAL_PROCESS == "web"
# Whoever waits for a connection outwaits whoever holds one: a locked table or a slow statement
# costs those who ask for it, not every page.
statement_timeout_s = env.integer("DATABASE_STATEMENT_TIMEOUT_S", 10, lowest=1, highest=3600)
statement_s = statement_timeout_s if is_web else max(statement_timeout_s, 60)
lock_timeout_s = min(2 if is_web else 20, statement_timeout_s)
DATABASES["default"].update(
    ENGINE="common.database.engine",
    # PostgreSQL may have been restarted since the connection was made; of those in the pool the
    # engine itself finds out.
    CONN_HEALTH_CHECKS=not is_web,
    OPTIONS={
        **DATABASES["default"].get("OPTIONS", {}),
        "connect_timeout": 10,
        "options": f"-c statement_timeout={statement_s}s "
        f"-c lock_timeout={lock_timeout_s}s -c idle_in_transaction_session_timeout=300s",
    },
)
WEB_PROCESSES = web_processes(env)
WEB_REQUESTS = env.integer("WEB_REQUESTS", 32, lowest=1, highest=1000)
if is_web:
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": env.integer("DATABASE_POOL_SIZE", 10, lowest=1, highest=200),
        "timeout": statement_timeout_s + 2,
        "max_waiting": WEB_REQUESTS,
    }
CACHES = cache_settings(REDIS_URL)
# Published messages do not keep to a Valkey database: portals that share a server would hear each
# other's hints, so the database's number is part of the channels' names.
queue_connection = valkey_connection(REDIS_URL)
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": f"portal{queue_connection['DB']}"},
    }
}

# A job's row beats while it runs; a silent one is failed or retried well within a minute.
JOB_HEARTBEAT_S = env.integer("JOB_HEARTBEAT_S", 2, lowest=1, highest=60)
JOB_STALE_S = env.integer("JOB_STALE_S", 20, lowest=2, highest=600)
JOB_RECONCILE_S = env.integer("JOB_RECONCILE_S", 15, lowest=1, highest=60)
JOB_TIMEOUT_S = env.integer("JOB_TIMEOUT_S", 3600, lowest=60, highest=86_400)
JOB_MAX_ATTEMPTS = env.integer("JOB_MAX_ATTEMPTS", 2, lowest=1, highest=10)
JOBS_PER_PERSON = env.integer("JOBS_PER_PERSON", 20, lowest=1, highest=10_000)
GENERATION_SPLIT_S = env.integer("GENERATION_SPLIT_S", 8, lowest=1, highest=86_400)
JOBS_AT_ONCE = env.integer("JOBS_AT_ONCE", 2, lowest=1, highest=10_000)
TRASH_DAYS = env.integer("TRASH_DAYS", 30, lowest=0, highest=3650)
JOB_NICENESS = env.integer("JOB_NICENESS", 5, lowest=0, highest=19)
GENERATION_WORKERS = env.integer("GENERATION_WORKERS", 0, lowest=0, highest=256)
if JOB_STALE_S <= 2 * JOB_HEARTBEAT_S:
    raise ImproperlyConfigured("JOB_STALE_S must be more than twice JOB_HEARTBEAT_S.")
RQ_QUEUES = queue_settings(REDIS_URL, timeout_s=JOB_TIMEOUT_S)
RQ = {"WORKER_CLASS": "monitoring.jobs.worker.PortalWorker"}

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AXES_FAILURE_LIMIT = env.integer("LOGIN_FAILURE_LIMIT", 5, lowest=1, highest=1000)
AXES_COOLOFF_TIME = timedelta(
    minutes=env.integer("LOGIN_PAUSE_MINUTES", 15, lowest=1, highest=1440)
)
# Each counts by itself: many addresses trying one account, and one address trying many accounts.
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
# A log-in forgets only the failures of that account from that address (see accounts/lockout.py):
# else whoever owns an account could clear their address between two guesses at another's.
AXES_RESET_ON_SUCCESS = False
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "monitoring.accounts.lockout.locked_out"
AXES_CLIENT_IP_CALLABLE = "monitoring.accounts.client.client_address"
AXES_DISABLE_ACCESS_LOG = True  # the portal's own events hold the log-ins
TRUST_PROXY_HEADERS = env.boolean("TRUST_PROXY_HEADERS", False)
TWO_FACTOR_REQUIRED = env.choice("TWO_FACTOR_REQUIRED", "none", ("none", "staff", "all"))
OTP_TOTP_ISSUER = "Bearing Portal"
sign_on = single_sign_on(env)
OIDC_ISSUER: str = sign_on["OIDC_ISSUER"]
OIDC_CLIENT_ID: str = sign_on["OIDC_CLIENT_ID"]
OIDC_CLIENT_SECRET: str = sign_on["OIDC_CLIENT_SECRET"]
OIDC_NAME: str = sign_on["OIDC_NAME"]
OIDC_SCOPES: list[str] = sign_on["OIDC_SCOPES"]
OIDC_EMAIL_DOMAINS: list[str] = sign_on["OIDC_EMAIL_DOMAINS"]
OIDC_GROUPS_CLAIM: str = sign_on["OIDC_GROUPS_CLAIM"]
OIDC_REQUIRED_GROUP: str = sign_on["OIDC_REQUIRED_GROUP"]
OIDC_ROLES: list[tuple[str, str]] = sign_on["OIDC_ROLES"]
OIDC_NEW_ACCOUNTS: bool = sign_on["OIDC_NEW_ACCOUNTS"]
OIDC_IS_TWO_FACTOR: bool = sign_on["OIDC_IS_TWO_FACTOR"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

# Sessions live in PostgreSQL: losing Valkey logs nobody out.
SESSION_ENGINE = "monitoring.accounts.session_store"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "bearing_portal.frame.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
# What machines ask for on the inner network, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
METRICS_TOKEN = env.text("METRICS_TOKEN")
if 0 < len(METRICS_TOKEN) < 16:
    raise ImproperlyConfigured("METRICS_TOKEN is too short; set it to 16 characters or more.")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        # Style elements need their page's nonce, see static/js/styles.js; Plotly and Dash write
        # attributes, which reach no further than their element.
        "style-src": ["'self'", NONCE],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "worker-src": ["'self'", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

PLOTLY_DASH = {
    "serve_locally": True,
    "view_decorator": "django.contrib.auth.decorators.login_required",
    "http_poke_enabled": False,
    "cache_arguments": False,
}

STATIC_URL = "/static/"
STATIC_ROOT = env.folder("STATIC_ROOT", BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "bearing_portal.operations.static_files.HashedStorage"
        if not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = STORAGE_DIR / "uploads"
DOCS_SITE_DIR = env.folder("DOCS_SITE_DIR", BASE_DIR / "docs" / "built")
MAINS_HZ = int(env.choice("MAINS_HZ", "50", ("50", "60")))
UPLOAD_MAX_BYTES = 1_000_000 * env.integer("UPLOAD_MAX_MB", 10, lowest=1, highest=1000)
IMPORT_MAX_BYTES = 1_000_000 * env.integer("IMPORT_MAX_MB", 2000, lowest=1, highest=1_000_000)
IMPORT_QUOTA_BYTES = 1_000_000 * env.integer("IMPORT_QUOTA_MB", 10_000, lowest=1, highest=10**8)
if IMPORT_QUOTA_BYTES < IMPORT_MAX_BYTES:
    raise ImproperlyConfigured("IMPORT_QUOTA_MB must not be less than IMPORT_MAX_MB.")
# What one person or token may ask for in a time; 0 is no limit.
API_REQUESTS_PER_MINUTE = env.integer("API_REQUESTS_PER_MINUTE", 600, lowest=0, highest=10**6)
HEAVY_REQUESTS_PER_MINUTE = env.integer("HEAVY_REQUESTS_PER_MINUTE", 120, lowest=0, highest=10**6)
UPLOADS_PER_MINUTE = env.integer("UPLOADS_PER_MINUTE", 120, lowest=0, highest=10**6)
UPLOAD_MB_PER_HOUR = env.integer("UPLOAD_MB_PER_HOUR", 20_000, lowest=0, highest=10**8)
DOWNLOAD_KEPT_HOURS = env.integer("DOWNLOAD_KEPT_HOURS", 48, lowest=1, highest=8760)

# Without EMAIL_URL the portal sends no e-mail, and offers none in the settings of a person.
SITE_URL = env.origin("SITE_URL", f"http://{HOST}:{PORT}")
EMAIL_ENABLED = bool(env.text("EMAIL_URL"))
globals().update(env.email("EMAIL_URL"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "Bearing Portal <portal@localhost>")

# Who runs the portal is told of a check that stays red.
ALERT_EMAILS = env.emails("ALERT_EMAILS")
ALERT_WEBHOOKS = env.webhooks("ALERT_WEBHOOKS")
ALERT_AFTER_MINUTES = env.integer("ALERT_AFTER_MINUTES", 5, lowest=0, highest=1440)
if ALERT_EMAILS and not EMAIL_ENABLED:
    raise ImproperlyConfigured("ALERT_EMAILS needs a mail server; name it in EMAIL_URL.")

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LOG_DIR = env.folder("LOG_DIR", DATA_DIR / "logs")
LOGGING = logging_settings(env, LOG_DIR, portal_process=PORTAL_PROCESS)
