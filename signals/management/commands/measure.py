import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from common.commands import PortalCommand, positive_number
from vibration.errors import VibrationError
from vibration.features import FEATURES
from vibration.formats import SUFFIXES, sandbox
from vibration.measure import measure

TABLE_PEAKS = 10


class Command(PortalCommand):
    help = (
        "Measure one channel of a recording: its 36 features and the peaks of its spectrum and "
        "envelope spectrum. Needs no database."
    )
    example = "measure bearing.mat --channel X097_DE_time --json\nmeasure record.npy --fs 20480"
    refusals = (VibrationError, OSError)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help=f"a recording: {', '.join(SUFFIXES)}")
        parser.add_argument("--channel", metavar="NAME", help="default: the first of the file")
        parser.add_argument(
            "--fs",
            type=positive_number,
            metavar="HZ",
            help="sampling rate, where the file does not state it",
        )
        parser.add_argument(
            "--rpm", type=positive_number, metavar="RPM", help="shaft speed, for the orders"
        )
        parser.add_argument(
            "--resample",
            action="store_true",
            help="resample uneven times to their mean rate",
        )
        parser.add_argument("--json", action="store_true", help="print the measurement as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        measured = measure(
            sandbox.read(options["file"]),
            channel=options["channel"],
            fs_hz=options["fs"],
            rpm=options["rpm"],
            resample=options["resample"],
        )
        if options["json"]:
            self.stdout.write(json.dumps(measured, indent=2, allow_nan=False))
        else:
            self.stdout.write(as_tables(measured))


def as_tables(measured: dict[str, Any]) -> str:
    return "\n\n".join(
        (
            channels_table(measured),
            features_table(measured["features"], unit=unit_of_measured(measured)),
            peaks_table("Spectrum", measured["spectrum_peaks"]),
            peaks_table("Envelope spectrum", measured["envelope_peaks"]),
        )
    )


def channels_table(measured: dict[str, Any]) -> str:
    width = max(len(channel["name"]) for channel in measured["channels"])
    lines = [f"Format {measured['format']}, measured {measured['channel']}"]
    for channel in measured["channels"]:
        facts = (
            f"{channel['n_samples']} samples",
            f"{number(channel['fs_hz'])} Hz",
            f"unit {channel['unit'] or '–'}",
            f"{number(channel['rpm'])} rpm",
        )
        lines.append(f"  {channel['name']:<{width}}  {'  '.join(facts)}")
    return "\n".join(lines)


def unit_of_measured(measured: dict[str, Any]) -> str:
    units = {channel["name"]: channel["unit"] for channel in measured["channels"]}
    return units[measured["channel"]] or "?"


def features_table(values: dict[str, float | None], *, unit: str) -> str:
    lines = ["Features"]
    group = ""
    for feature in FEATURES:
        if feature.group != group:
            group = feature.group
            lines.append(f"  {group}")
        in_unit = feature.unit.replace("g", unit)  # the registry writes acceleration in g
        lines.append(f"    {feature.title:<32}{number(values[feature.name]):>12} {in_unit}")
    return "\n".join(line.rstrip() for line in lines)


def peaks_table(title: str, peaks: list[dict[str, float]]) -> str:
    lines = [f"{title}, {min(len(peaks), TABLE_PEAKS)} highest peaks"]
    for peak in peaks[:TABLE_PEAKS]:
        lines.append(f"  {peak['frequency_hz']:>12.2f} Hz  {number(peak['amplitude']):>12}")
    return "\n".join(lines)


def number(value: float | None) -> str:
    return "–" if value is None else f"{value:.5g}"
