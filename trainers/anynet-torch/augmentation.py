"""Random crops, flips and lighting of training images, as pycls draws them (pycls/datasets/transforms.py)."""

from __future__ import annotations

import numpy as np
from sampling import central_crops

ATTEMPTS = 10


def draw(random: np.random.Generator, augmentation: dict, heights, widths, size: int, pca: dict):
    """Crops float64 [images, 4] as y0, x0, y1, x1; which are mirrored, bool [images] or None; lighting [images, channels] or None."""
    crops = draw_crops(random, augmentation["crop"], heights, widths, size)
    flips = random.integers(0, 2, len(heights), dtype=np.int8).astype(bool) if augmentation["horizontalFlip"] else None
    std = augmentation["pcaLighting"]
    lighting = draw_lighting(random, std, len(heights), pca) if std > 0 else None
    return crops, flips, lighting


def draw_crops(random: np.random.Generator, crop: dict, heights, widths, size: int) -> np.ndarray:
    if crop["kind"] == "none":
        return central_crops(heights, widths, size, size)
    if crop["kind"] == "pad":
        padding = crop["padding"]
        y = random.integers(0, heights + 2 * padding - size + 1) - padding
        x = random.integers(0, widths + 2 * padding - size + 1) - padding
        return np.stack([y, x, y + size, x + size], axis=1).astype(np.float64)
    return draw_sized_crops(random, crop, heights, widths, size)


def draw_sized_crops(random: np.random.Generator, crop: dict, heights, widths, size: int) -> np.ndarray:
    """Crops of random area and aspect ratio (Szegedy et al. 2015); the central one of an image into which none of ten draws fits."""
    drawn = (ATTEMPTS, len(heights))
    pixels = heights * widths * random.uniform(*crop["area"], drawn)
    ratio = random.uniform(*crop["aspectRatio"], drawn)
    long, short = np.sqrt(pixels * ratio), np.sqrt(pixels / ratio)
    is_swapped = random.random(drawn) < 0.5
    width = np.floor(np.where(is_swapped, short, long) + 0.5).astype(np.int64)
    height = np.floor(np.where(is_swapped, long, short) + 0.5).astype(np.int64)
    fits = (width >= 1) & (height >= 1) & (width <= widths) & (height <= heights)
    first = fits.argmax(0), np.arange(len(heights))
    height, width = np.minimum(height[first], heights), np.minimum(width[first], widths)
    y = random.integers(0, heights - height + 1)
    x = random.integers(0, widths - width + 1)
    crops = np.stack([y, x, y + height, x + width], axis=1).astype(np.float64)
    return np.where(fits.any(0)[:, None], crops, central_crops(heights, widths, size, size))


def draw_lighting(random: np.random.Generator, std: float, images: int, pca: dict) -> np.ndarray:
    """What lighting adds to each channel: eigenvectors times normal draws times eigenvalues (Krizhevsky et al. 2012)."""
    eigenvalues, eigenvectors = np.array(pca["eigenvalues"]), np.array(pca["eigenvectors"])
    weights = std * random.standard_normal((images, len(eigenvalues))) * eigenvalues
    return weights @ eigenvectors.T
