"""Static files under names that carry their hash, so that browsers keep them for good.

Source maps, debug builds and the licensed half of the table component are never asked for by a page
and make up most of what the Dash packages bring: they are left out, and so is every reference to a
source map. `make run` hashes only; compressing is worth its minutes where pages travel far.

The portal's own scripts are modules: what they import is rewritten to the name with its hash too.
Others' scripts are left as they are.
"""

from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

LEFT_OUT = ["*.map", "*.dev.js", "widgetbundle.js", "async-enterprise.js", "*.py", "*.pyc"]
LEFT_OUT += ["redoc.standalone.js"]  # the interface is shown by Swagger UI
OWN_SCRIPTS = ("js/*.js", "viewer/*.js", "explorer/*.js")
IMPORT = (
    r"""(?P<matched>(?P<lead>\b(?:import|export)\b[^"';]*)"(?P<url>\.{1,2}/[^"]+)";)""",
    '%(lead)s"%(url)s";',
)
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
    *((scripts, (IMPORT,)) for scripts in OWN_SCRIPTS),
)
DEEPEST = 10  # a hash of what is imported changes that of what imports it: once a level of imports


class PortalStaticFilesConfig(StaticFilesConfig):
    ignore_patterns = [*StaticFilesConfig.ignore_patterns, *LEFT_OUT]


class HashedStorage(ManifestStaticFilesStorage):
    patterns = REFERENCES
    max_post_process_passes = DEEPEST


class CompressedStorage(CompressedManifestStaticFilesStorage):
    patterns = REFERENCES
    max_post_process_passes = DEEPEST
