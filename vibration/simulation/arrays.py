"""Array types the simulator speaks in: float32 for waveforms, float64 for what must stay exact."""

import numpy as np
import numpy.typing as npt

Float32Array = npt.NDArray[np.float32]
Float64Array = npt.NDArray[np.float64]
