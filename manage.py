#!/usr/bin/env python
"""Run a management command."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bearing_portal.settings.development")
    # Processes share the cores: threads within one product of two vectors wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from django.core.management import execute_from_command_line

    from bearing_portal.operations.configuration import load_settings_or_exit
    from bearing_portal.operations.runner.attached import servers_for

    # Ports and passwords of embedded servers are among the settings: the servers come first.
    with servers_for(sys.argv[1:]):
        load_settings_or_exit()
        if sys.argv[1:2] == ["portal"]:
            # It needs the settings, not the apps: seconds of imports saved at every start.
            from bearing_portal.management.commands.portal import Command

            Command().run_from_argv(sys.argv)
        else:
            execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
