"""Events of security on their way to the system that watches over many machines."""

import logging
from logging.handlers import SysLogHandler


def syslog_handler(*, host: str, port: int) -> logging.Handler:
    """Send each line as one datagram; a server that is away loses it, and delays nobody."""
    handler = SysLogHandler((host, port), facility=SysLogHandler.LOG_AUTHPRIV)
    handler.ident = "bearing-portal: "
    handler.append_nul = False
    return handler
