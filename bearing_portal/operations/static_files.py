"""Static files under names that carry their hash, so that browsers keep them for good.

Source maps, debug builds and the licensed half of the table component are never asked for by a page
and make up most of what the Dash packages bring: they are left out, and so is every reference to a
source map. `make run` hashes only; compressing is worth its minutes where pages travel far.
"""

from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

LEFT_OUT = ["*.map", "*.dev.js", "widgetbundle.js", "async-enterprise.js", "*.py", "*.pyc"]
REFERENCES = (
    (
        "*.css",
        (
            r"""(?P<matched>url\(['"]{0,1}\s*(?P<url>.*?)["']{0,1}\))""",
            (
                r"""(?P<matched>@import\s*["']\s*(?P<url>.*?)["'])""",
                """@import url("%(url)s")""",
            ),
        ),
    ),
)


class PortalStaticFilesConfig(StaticFilesConfig):
    ignore_patterns = [*StaticFilesConfig.ignore_patterns, *LEFT_OUT]


class HashedStorage(ManifestStaticFilesStorage):
    patterns = REFERENCES


class CompressedStorage(CompressedManifestStaticFilesStorage):
    patterns = REFERENCES
