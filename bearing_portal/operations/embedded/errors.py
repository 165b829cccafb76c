class ServerError(Exception):
    """An embedded server did not start; the message says why and what to do."""
