"""The repulsion of t-SNE: every point pushes every other one away.

For points y the sums over j of k(i, j)² (yᵢ − yⱼ) and Z = Σ k(i, j), where
k(i, j) = 1/(1 + |yᵢ − yⱼ|²). Up to some thousand points all pairs are the quickest way; beyond, the
kernel is interpolated on a grid and the sums become a convolution.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import scipy

_BLOCK_ROWS: Final = 128  # a block of pairs stays in the processor's cache
_NODES: Final = 3  # interpolation nodes a box and dimension
_FEWEST_BOXES: Final = 50

Points = npt.NDArray[np.float32]
Grid = npt.NDArray[np.float32]


def exact_repulsion(y: Points) -> tuple[Points, float]:
    """Sum over all pairs: (Σⱼ k²(yᵢ − yⱼ), Z), in time n².

    1 + |yᵢ − yⱼ|² is one product of two narrow matrices, and so are the sums over j.

    References
    ----------
    L. van der Maaten, G. Hinton, "Visualizing data using t-SNE", JMLR 9 (2008), eq. 5.

    Parameters
    ----------
    y : ndarray, shape (n, 2)
        Points, float32.

    Returns
    -------
    (ndarray, float)
        The sums, (n, 2), and Z over i ≠ j.

    Examples
    --------
    >>> push, z = exact_repulsion(np.array([[0, 0], [1, 0]], np.float32))
    >>> push[:, 0].tolist(), z
    ([-0.25, 0.25], 1.0)
    """
    n = len(y)
    squares, ones = np.vecdot(y, y), np.ones(n, np.float32)
    left = np.column_stack([-2 * y, squares + 1, ones])
    right = np.ascontiguousarray(np.column_stack([y, ones, squares]).T)
    charges = np.column_stack([y, ones])
    sums, z = np.zeros((n, 3), np.float32), 0.0
    for first in range(0, n, _BLOCK_ROWS):
        last = min(first + _BLOCK_ROWS, n)
        own = last - first
        # Each pair once: what lies left of the block is its mirror image in an earlier one.
        block = left[first:last] @ right[:, first:]
        np.reciprocal(block, out=block)
        z += 2 * float(block.sum()) - float(block[:, :own].sum())
        np.multiply(block, block, out=block)
        sums[first:last] += block @ charges[first:]
        sums[last:] += block[:, own:].T @ charges[first:last]
    return y * sums[:, 2:] - sums[:, :2], z - n


def grid_repulsion(y: Points) -> tuple[Points, float]:
    """Sum over all pairs through a grid and the FFT: (Σⱼ k²(yᵢ − yⱼ), Z), in time n.

    Charges 1 and y are spread to the nodes of a grid by Lagrange polynomials, convolved with k and
    k², and read back where the points are.

    References
    ----------
    G. C. Linderman et al., "Fast interpolation-based t-SNE for improved visualization of
    single-cell RNA-seq data", Nature Methods 16 (2019).

    Parameters
    ----------
    y : ndarray, shape (n, 2)
        Points, float32.

    Returns
    -------
    (ndarray, float)
        The sums, (n, 2), and Z over i ≠ j, within a hundredth of the exact ones.

    Examples
    --------
    >>> y = np.random.default_rng(0).normal(size=(200, 2)).astype(np.float32)
    >>> near, exact = grid_repulsion(y)[1], exact_repulsion(y)[1]
    >>> abs(near / exact - 1) < 0.01
    True
    """
    y = y - y.mean(axis=0)
    low = float(y.min())
    span = max(float(y.max()) - low, 1e-6) * (1 + 1e-6)
    n_boxes = max(_FEWEST_BOXES, int(np.ceil(span)))
    nodes, weights = _spread(y, low, span / n_boxes, n_boxes)
    charges = (np.ones(len(y), np.float32), y[:, 0], y[:, 1])
    shape = (n_boxes * _NODES,) * 2
    grids = np.stack([_deposited(nodes, weights, charge, shape) for charge in charges])
    fields = _convolved(grids, span / shape[0])
    ones, one, by_x, by_y = ((weights * field.ravel()[nodes]).sum(axis=1) for field in fields)
    push = y * one[:, None] - np.column_stack([by_x, by_y])
    return push, float(ones.sum(dtype=float)) - len(y)


def _spread(
    y: Points, low: float, width: float, n_boxes: int
) -> tuple[npt.NDArray[np.int64], Points]:
    """Return for each point the nine grid nodes around it and their weights, (n, 9) each."""
    place = (y - low) / width
    box = np.clip(place.astype(np.int64), 0, n_boxes - 1)
    inside = (place - box) * _NODES - 0.5  # node j of the box lies at j
    lagrange = np.stack(
        [
            (inside - 1) * (inside - 2) / 2,
            -inside * (inside - 2),
            inside * (inside - 1) / 2,
        ],
        axis=-1,
    ).astype(np.float32)
    first = box * _NODES
    step = np.arange(_NODES)
    rows, columns = first[:, 0, None] + step, first[:, 1, None] + step
    nodes = rows[:, :, None] * (n_boxes * _NODES) + columns[:, None, :]
    weights = lagrange[:, 0, :, None] * lagrange[:, 1, None, :]
    return nodes.reshape(len(y), -1), weights.reshape(len(y), -1)


def _deposited(
    nodes: npt.NDArray[np.int64], weights: Points, charge: Points, shape: tuple[int, int]
) -> Grid:
    amounts = (weights * charge[:, None]).ravel()
    filled = np.bincount(nodes.ravel(), amounts, minlength=shape[0] * shape[1])
    return filled.reshape(shape).astype(np.float32)


def _convolved(grids: Grid, spacing: float) -> Grid:
    """Return the first grid's field of k, then every grid's field of k²."""
    n = grids.shape[-1]
    length = scipy.fft.next_fast_len(2 * n, real=True)
    offset = np.minimum(np.arange(length), length - np.arange(length)) * spacing
    kernel = (1 / (1 + offset[:, None] ** 2 + offset**2)).astype(np.float32)
    spectra = scipy.fft.rfft2(grids, (length, length))
    of_k, of_square = scipy.fft.rfft2(np.stack([kernel, kernel**2]))
    products = np.concatenate([spectra[:1] * of_k, spectra * of_square])
    found: Grid = scipy.fft.irfft2(products, (length, length))[:, :n, :n]
    return found
