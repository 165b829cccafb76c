"""A second try is for a machine that was busy once; a run that needs several has a fault."""

import pytest

MOST = 2

_again: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count what is tried again, of all workers where this is their controller."""
    if report.outcome == "rerun":  # type: ignore[comparison-overlap]
        _again.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if len(_again) > MOST and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if len(_again) > MOST:
        terminalreporter.section("too many second tries", red=True)
        for nodeid in _again:
            terminalreporter.line(nodeid)
        said = f"{len(_again)} second tries in one run; with more than {MOST} it has failed."
        terminalreporter.line(said, red=True)
