import time, pickle
import pytest
from tests.security.world import make_world, ROLES
from tests.security.walk import Walk
pytestmark = pytest.mark.django_db
def test_w(keep, tmp_path):
    import logging; logging.disable(logging.INFO)
    w = keep(make_world, tmp_path)
    walk = Walk(w)
    out = open("/tmp/wt/security-rows.txt", "w")
    for part in ("pages",):
        t=time.time(); n=0
        for row, words in getattr(walk, part)():
            n+=1
            print(part, row, "|".join(words.values()), sep="\t", file=out, flush=True)
        print(part, n, time.time()-t)
