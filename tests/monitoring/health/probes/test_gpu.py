from types import SimpleNamespace

import pynvml
import pytest

from monitoring.health.probes.gpu import NONE_HERE, gpus


class FakeNvml:
    """NVIDIA's library for machines of the test's choosing."""

    NVMLError = pynvml.NVMLError
    nvmlMemory_v2 = pynvml.nvmlMemory_v2  # noqa: N815
    NVML_TEMPERATURE_GPU = pynvml.NVML_TEMPERATURE_GPU
    NVML_ERROR_LIBRARY_NOT_FOUND = pynvml.NVML_ERROR_LIBRARY_NOT_FOUND
    NVML_ERROR_DRIVER_NOT_LOADED = pynvml.NVML_ERROR_DRIVER_NOT_LOADED

    def __init__(self, *percents, init_error=None, without=()):
        self.percents, self.init_error, self.without = percents, init_error, without
        self.n_open = 0

    def nvmlInit(self):  # noqa: N802
        if self.init_error is not None:
            raise pynvml.NVMLError(self.init_error)
        self.n_open += 1

    def nvmlShutdown(self):  # noqa: N802
        self.n_open -= 1

    def nvmlDeviceGetCount(self):  # noqa: N802
        return len(self.percents)

    def nvmlDeviceGetHandleByIndex(self, index):  # noqa: N802
        return index

    def nvmlDeviceGetName(self, handle):  # noqa: N802
        return f"Card {handle}"

    def nvmlDeviceGetUtilizationRates(self, handle):  # noqa: N802
        return self._given("rates", SimpleNamespace(gpu=self.percents[handle], memory=0))

    def nvmlDeviceGetMemoryInfo(self, handle, version=None):  # noqa: N802
        if version is not None:
            return self._given("memory_v2", SimpleNamespace(used=2, total=8, free=5, reserved=1))
        return self._given("memory", SimpleNamespace(used=3, total=8, free=5))

    def nvmlDeviceGetTemperature(self, handle, sensor):  # noqa: N802
        return self._given("temperature", 61)

    def _given(self, what, value):
        if what in self.without:
            raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED)
        return value


def test_an_old_driver_is_asked_for_its_memory_in_the_old_way():
    (card,) = gpus(FakeNvml(40, without=("memory_v2",))).gpus
    assert card.memory_percent == 37.5


def test_a_card_has_name_use_memory_and_temperature():
    (card,) = gpus(FakeNvml(40)).gpus
    assert (card.name, card.percent, card.memory_percent, card.temperature_c) == (
        "Card 0",
        40,
        25,
        61,
    )


def test_the_gauge_shows_the_busiest_card():
    assert gpus(FakeNvml(5, 90, 30)).busiest.name == "Card 1"


def test_a_figure_the_driver_does_not_give_is_unknown():
    (card,) = gpus(FakeNvml(40, without=("rates", "memory_v2", "memory", "temperature"))).gpus
    assert (card.percent, card.memory_percent, card.temperature_c) == (None, None, None)


@pytest.mark.parametrize("error", ["LIBRARY_NOT_FOUND", "DRIVER_NOT_LOADED"])
def test_a_machine_without_a_gpu_says_so(error):
    found = gpus(FakeNvml(init_error=getattr(pynvml, f"NVML_ERROR_{error}")))
    assert (found.gpus, found.reason, found.busiest) == ((), NONE_HERE, None)


def test_a_driver_that_refuses_is_not_taken_for_no_gpu():
    found = gpus(FakeNvml(init_error=pynvml.NVML_ERROR_NO_PERMISSION))
    assert found.reason not in ("", NONE_HERE)


def test_the_library_is_closed_again():
    nvml = FakeNvml(1)
    gpus(nvml)
    assert nvml.n_open == 0


def test_the_real_library_is_read_where_there_is_one():
    found = gpus()
    if not found.gpus:
        pytest.skip(f"no GPU to read: {found.reason}")
    for card in found.gpus:
        assert card.name
        assert 0 <= card.percent <= 100
        assert 0 <= card.memory_used_bytes <= card.memory_total_bytes
        assert 0 < card.temperature_c < 120
