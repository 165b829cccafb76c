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
    for part in ("callbacks","pages","admin_pages"):
        t=time.time(); n=0; c=time.process_time()
        for row, words in getattr(walk, part)():
            n+=1
            print(part, row, "|".join(words.values()), round(time.process_time()-c,2), sep="\t", file=out, flush=True); c=time.process_time()
        print(part, n, time.time()-t)
