"""Scripts are modules: under hashed names, what they import is found under its hashed name."""

import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage

from bearing_portal.operations.static_files import OWN_SCRIPTS, CompressedStorage, HashedStorage

IMPORTED = re.compile(r'^(?:import|export)\b[^";]*"(\.{1,2}/[^"]+)";', re.MULTILINE)


@pytest.fixture(params=[HashedStorage, CompressedStorage])
def collected(request, tmp_path):
    """Return the folder of the collected scripts, and the hashed name of each."""
    source = FileSystemStorage(settings.STATICFILES_DIRS[0])
    names = [
        str(path.relative_to(source.location))
        for pattern in OWN_SCRIPTS
        for path in Path(source.location).glob(pattern)
    ]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(Path(source.location) / name, tmp_path / name)
    storage = request.param(location=tmp_path, base_url="/static/")
    found = {}
    for name, hashed, _ in storage.post_process({name: (source, name) for name in names}):
        assert not isinstance(hashed, Exception), (name, hashed)
        found[name] = hashed
    return tmp_path, {name: storage.hashed_files[name] for name in names}


def test_every_import_leads_to_the_name_with_the_hash(collected):
    folder, hashed = collected
    n_imports = 0
    for name, own in hashed.items():
        assert own != name
        for asked in IMPORTED.findall((folder / own).read_text()):
            target = (folder / own).parent.joinpath(asked).resolve().relative_to(folder.resolve())
            assert str(target) in hashed.values(), (name, asked)
            n_imports += 1
    assert n_imports > 20
