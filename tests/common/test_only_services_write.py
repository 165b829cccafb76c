"""Rows are written in one kind of place: everything else reads, or asks a service."""

import ast
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).parents[2]
ROOMS = ("bearing_portal", "common", "datasets", "experiments", "monitoring", "signals")
# Monitoring's rooms are small: what writes there is one module of the room and named after it.
SERVICES = {
    "monitoring/accounts/lockout.py",
    "monitoring/accounts/people.py",
    "monitoring/accounts/sessions.py",
    "monitoring/accounts/settings.py",
    "monitoring/accounts/tokens.py",
    "monitoring/events.py",
    "monitoring/health/samples.py",
    "monitoring/jobs/lifecycle.py",
    "monitoring/jobs/pulse.py",
    "monitoring/retention.py",
}
ALWAYS = {
    name
    for verb in (
        "save",
        "create",
        "bulk_create",
        "bulk_update",
        "get_or_create",
        "update_or_create",
        "delete",
    )
    for name in (verb, f"a{verb}")
} | {"create_user", "create_superuser"}
OF_RELATIONS = {"add", "aadd", "set", "aset", "remove", "aremove", "clear", "aclear"}
NO_ROWS = {"cache", "np", "connection", "super", "valkey"}
WRITING_SQL = ("INSERT ", "UPDATE ", "DELETE ", "COPY ", "TRUNCATE ")


def is_service(path):
    parts = path.relative_to(ROOT).parts
    return (
        {"services", "migrations"} & set(parts)
        or parts[-1] == "services.py"
        or "/".join(parts) in SERVICES
    )


def modules():
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if not is_service(path):
                yield path


def relations():
    """Return what a row calls its many others: `tags`, `signals`, `class_counts`."""
    fields = [field for model in apps.get_models() for field in model._meta.get_fields()]
    many = [field for field in fields if field.many_to_many or field.one_to_many]
    return {
        field.get_accessor_name() if hasattr(field, "get_accessor_name") else field.name
        for field in many
    }


def last_name(node):
    """Return the nearest name of what a method is called on: `tags` of `signal.tags.all()`."""
    while isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def writes_in(text, many=frozenset()):
    """Return the lines on which rows are written."""
    return sorted({node.lineno for node in ast.walk(ast.parse(text)) if _writes(node, many)})


def _writes(node, many):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.strip().startswith(WRITING_SQL)
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    verb, on = node.func.attr, last_name(node.func.value)
    if on in NO_ROWS or any(_is_uncommitted(keyword) for keyword in node.keywords):
        return False
    if verb in ALWAYS:
        return True
    if verb in ("update", "aupdate"):  # that of a mapping takes a mapping, or is of a part of one
        of_part = isinstance(node.func.value, ast.Subscript)
        return bool(node.keywords) and not node.args and not of_part
    return verb in OF_RELATIONS and on in many and isinstance(node.func.value, ast.Attribute)


def _is_uncommitted(keyword):
    return keyword.arg == "commit" and getattr(keyword.value, "value", None) is False


def test_no_module_beside_the_services_writes():
    many = relations()
    found = {str(path.relative_to(ROOT)): writes_in(path.read_text(), many) for path in modules()}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_each_module_said_to_be_a_service_writes():
    for path in SERVICES:
        assert writes_in((ROOT / path).read_text(), relations()), path


@pytest.mark.parametrize(
    "line",
    [
        "row.save(update_fields=['a'])",
        "Tag.objects.create(name='odd')",
        "Tag.objects.filter(pk=1).update(name='odd')",
        "people.update(is_active=False)",
        "view.delete()",
        "await view.adelete()",
        "signal.tags.add(tag)",
        "signal.tags.set([])",
        "Tag.objects.bulk_create(rows)",
        "cursor.execute('DELETE FROM signals_tag')",
    ],
)
def test_the_test_sees_a_write(line):
    code = f"async def act():\n    {line}\n"
    assert writes_in(code, relations()) == [2]


@pytest.mark.parametrize(
    "line",
    [
        "values.update({'a': 1})",
        "seen.add(1)",
        "cache.delete(key)",
        "np.save(file, samples)",
        "event.set()",
        "formset.save(commit=False)",
    ],
)
def test_the_test_leaves_other_verbs_alone(line):
    assert not writes_in(line, relations())
