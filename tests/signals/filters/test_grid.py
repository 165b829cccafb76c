import pytest

from common.errors import Invalid
from signals.filters.grid import MOST_COLUMNS, MOST_CONDITIONS, NUMBERS, conditions_of

BELOW = {"filterType": "number", "type": "lessThan", "filter": 1}


def filtered(n_columns, n_conditions=1):
    given = {"operator": "AND", "conditions": [BELOW] * n_conditions}
    return dict.fromkeys(list(NUMBERS)[:n_columns], given)


def test_as_many_columns_and_conditions_as_are_said_are_taken():
    assert len(conditions_of(filtered(MOST_COLUMNS, MOST_CONDITIONS)).children) > 0


@pytest.mark.parametrize(
    ("model", "says"),
    [
        (filtered(MOST_COLUMNS + 1), f"At most {MOST_COLUMNS} columns"),
        (filtered(1, MOST_CONDITIONS + 1), f"at most {MOST_CONDITIONS} conditions"),
        ({"rms": BELOW | {"filter": 10**400}}, "needs a number"),
        ({"rms": BELOW | {"filter": float("nan")}}, "needs a number"),
    ],
)
def test_more_is_refused_in_a_sentence(model, says):
    with pytest.raises(Invalid, match=says):
        conditions_of(model)
