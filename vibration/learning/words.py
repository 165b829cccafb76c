"""How shares are written."""


def percent(share: float) -> str:
    """Write a share of 0 to 1 as percent; never 100 where something is wrong.

    Parameters
    ----------
    share : float

    Returns
    -------
    str

    Examples
    --------
    >>> percent(0.9991), percent(0.99999), percent(1.0)
    ('99.9', '99.9', '100')
    """
    if share >= 1:
        return "100"
    return f"{min(100 * share, 99.9):.1f}"
