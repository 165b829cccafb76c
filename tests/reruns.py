"""A second try is for a machine that was busy once; a run that needs several has a fault."""

import os
import sys

import pytest

MOST = 2
MOST_LINES = 30

_again: list[tuple[str, str, list[str]]] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Name what is tried again at once, and count it: of all workers in their controller."""
    if report.outcome == "rerun":  # type: ignore[comparison-overlap]
        lines = report.longreprtext.strip().splitlines()
        errors = [line[1:] for line in lines if line.startswith("E ")][:MOST_LINES]
        said = [line.strip() for line in errors[:1] + lines[-1:]]
        _again.append((report.nodeid, " at ".join(said), errors[1:]))
        if "PYTEST_XDIST_WORKER" not in os.environ:
            line = f"\nsecond try: {report.nodeid}: {_again[-1][1]}"
            print(line, file=sys.__stderr__, flush=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if len(_again) > MOST and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name each second try and why it was needed: it is the fault of tomorrow."""
    if not _again:
        return
    terminalreporter.section("second tries")
    for nodeid, reason, more in _again:
        terminalreporter.line(f"{nodeid}: {reason}")
        for line in more:  # what a browser waited for, step by step
            terminalreporter.line(line)
    if len(_again) > MOST:
        said = f"{len(_again)} second tries in one run; with more than {MOST} it has failed."
        terminalreporter.line(said, red=True)
