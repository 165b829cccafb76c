"""Graphics processors, from NVIDIA's management library."""

from dataclasses import dataclass
from typing import Any

import pynvml

NONE_HERE = "No GPU on this machine"


@dataclass(frozen=True)
class Gpu:
    """One processor; a figure its driver does not give is None."""

    name: str
    percent: float | None
    memory_used_bytes: int | None
    memory_total_bytes: int | None
    temperature_c: float | None

    @property
    def memory_percent(self) -> float | None:
        if self.memory_used_bytes is None or not self.memory_total_bytes:
            return None
        return 100 * self.memory_used_bytes / self.memory_total_bytes


@dataclass(frozen=True)
class Gpus:
    """All processors of the machine, or why there are none."""

    gpus: tuple[Gpu, ...] = ()
    reason: str = ""

    @property
    def busiest(self) -> Gpu | None:
        return max(self.gpus, key=lambda gpu: gpu.percent or 0.0, default=None)


def gpus(nvml: Any = pynvml) -> Gpus:
    """Read every processor; `nvml` is the library, replaced in tests."""
    try:
        nvml.nvmlInit()
    except nvml.NVMLError as error:
        return Gpus(reason=_reason(nvml, error))
    try:
        handles = [nvml.nvmlDeviceGetHandleByIndex(i) for i in range(nvml.nvmlDeviceGetCount())]
        found = tuple(_gpu(nvml, handle) for handle in handles)
    except nvml.NVMLError as error:
        return Gpus(reason=f"The GPU cannot be read: {error}")
    finally:
        nvml.nvmlShutdown()
    return Gpus(found, "" if found else NONE_HERE)


def _gpu(nvml: Any, handle: Any) -> Gpu:
    rates = _or_none(nvml, nvml.nvmlDeviceGetUtilizationRates, handle)
    ask_memory = nvml.nvmlDeviceGetMemoryInfo
    # The first version counts what the driver keeps for itself as used; old drivers know no other.
    memory = _or_none(nvml, ask_memory, handle, nvml.nvmlMemory_v2)
    memory = memory or _or_none(nvml, ask_memory, handle)
    sensor = nvml.NVML_TEMPERATURE_GPU
    temperature_c = _or_none(nvml, nvml.nvmlDeviceGetTemperature, handle, sensor)
    return Gpu(
        name=str(nvml.nvmlDeviceGetName(handle)),
        percent=None if rates is None else float(rates.gpu),
        memory_used_bytes=None if memory is None else int(memory.used),
        memory_total_bytes=None if memory is None else int(memory.total),
        temperature_c=None if temperature_c is None else float(temperature_c),
    )


def _or_none(nvml: Any, ask: Any, *args: Any) -> Any:
    try:
        return ask(*args)
    except nvml.NVMLError:
        return None


def _reason(nvml: Any, error: Exception) -> str:
    absent = (nvml.NVML_ERROR_LIBRARY_NOT_FOUND, nvml.NVML_ERROR_DRIVER_NOT_LOADED)
    return NONE_HERE if getattr(error, "value", None) in absent else f"The GPU's driver: {error}"
