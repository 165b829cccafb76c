import sys

from bearing_portal.operations.web.warm import SLOW_TO_IMPORT, warm_up


def test_what_is_slow_to_import_is_there_after_warming_up():
    warm_up().join()
    assert set(SLOW_TO_IMPORT) <= sys.modules.keys()
