"""Errors as problem documents, RFC 9457."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from bearing_portal.frame.errors import Trouble, say_when


def problem(
    request: HttpRequest, trouble: Trouble, by_field: dict[str, list[str]] | None = None
) -> HttpResponse:
    """Answer with a trouble; `by_field` says what is wrong with each part of a body."""
    content: dict[str, object] = {
        "type": "about:blank",
        "title": trouble.title,
        "status": trouble.status,
        "detail": trouble.sentence,
        "instance": request.path,
    }
    if trouble.incident:
        content["incident"] = trouble.incident
    if fields := {name: said for name, said in (by_field or {}).items() if name}:
        content["errors"] = fields
    response = JsonResponse(content, status=trouble.status)
    response["Content-Type"] = "application/problem+json"
    return say_when(response, trouble)
