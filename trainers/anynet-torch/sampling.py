"""Crops of images as the network sees them: which pixels make them up, with which weights, and the normalized result.

The rules are those of beyond-imagenet's engine (lib/training/sampling.ts and framing.ts), which follow pycls and OpenCV: half-pixel
centers, bilinear without antialiasing.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor


class Framing(NamedTuple):
    """How images are cut for the network."""

    size: int
    """Pixels: side of what the network sees."""
    short_side: int
    """Pixels: short side to which a test image is resized."""
    taps: int
    """Pixels along each axis that a pixel is interpolated between; 1 if crops are neither resized nor lie between pixels."""
    edge: str
    """What lies past the edge: `crop` or `image` repeated, or `zero`."""


class Pixels(NamedTuple):
    """Images one after the other: uint8 [pixels, channels], and of each image its first pixel, height and width."""

    flat: Tensor
    starts: np.ndarray
    heights: np.ndarray
    widths: np.ndarray


def training_framing(settings: dict, prepared_size: int, fit: str) -> Framing:
    size = settings.get("imageSize") or prepared_size
    kind = settings["augmentation"]["crop"]["kind"]
    if kind == "pad":
        return Framing(size, size, 1, "zero")
    if kind == "random-sized":
        return Framing(size, size, 2, "crop")
    return Framing(size, size, 1 if fit == "square" and size == prepared_size else 2, "image")


def test_framing(settings: dict, prepared_size: int, fit: str) -> Framing:
    size = settings.get("imageSize") or prepared_size
    short_side = settings.get("testShortSide") or size
    return Framing(size, short_side, 1 if fit == "square" and short_side == prepared_size else 2, "image")


def central_crops(heights: np.ndarray, widths: np.ndarray, short_side: int, size: int) -> np.ndarray:
    """The part of each image that is tested on, float64 [images, 4] as y0, x0, y1, x1: pycls' scale_and_center_crop."""

    def along(length: int, other: int) -> tuple[float, float]:
        if length <= other:
            resized = short_side
        else:
            resized = length if other == short_side else math.floor((length / other) * short_side)
        scale = length / resized
        start = math.ceil((resized - size) / 2) * scale
        return start, start + size * scale

    crops = np.empty((len(heights), 4))
    for index, (height, width) in enumerate(zip(heights.tolist(), widths.tolist())):
        (y0, y1), (x0, x1) = along(height, width), along(width, height)
        crops[index] = y0, x0, y1, x1
    return crops


def sample(pixels: Pixels, crops: np.ndarray, flips: np.ndarray | None, framing: Framing) -> tuple[Tensor, Tensor | None]:
    """The pixels of a crop of each image, float32 in [0, 255] [images, size, size, channels], on the device of the pixels.

    The second result is the sum of the weights of each pixel, [images, size, size, 1], where some lie outside of the image; else None.
    """
    size, taps = framing.size, framing.taps
    index = np.broadcast_to(np.arange(size), (len(crops), size))
    rows = _axis(crops[:, 0], crops[:, 2], index, pixels.heights, framing)
    if flips is not None:
        index = np.where(flips[:, None], size - 1 - index, index)
    columns = _axis(crops[:, 1], crops[:, 3], index, pixels.widths, framing)
    flat, device = pixels.flat, pixels.flat.device
    first = [torch.from_numpy(pixels.starts[:, None] + rows[0][tap] * pixels.widths[:, None]).to(device) for tap in range(taps)]
    second = [torch.from_numpy(columns[0][tap]).to(device) for tap in range(taps)]

    def pixel(row: Tensor, column: Tensor) -> Tensor:
        return flat[row[:, :, None] + column[:, None, :]].float()

    if taps == 1 and framing.edge != "zero":
        return pixel(first[0], second[0]), None
    row_weights = [torch.from_numpy(weight).to(device)[:, :, None, None] for weight in rows[1]]
    column_weights = [torch.from_numpy(weight).to(device)[:, None, :, None] for weight in columns[1]]
    result = sum(
        row_weights[a] * sum(column_weights[b] * pixel(first[a], second[b]) for b in range(taps)) for a in range(taps)
    )
    return result, sum(row_weights) * sum(column_weights) if framing.edge == "zero" else None


def _axis(start, end, index, lengths, framing: Framing) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Of each tap the positions along an axis, int64 [images, size], and their weights, float32."""
    start, end, length = start[:, None], end[:, None], lengths[:, None].astype(np.int64)
    center = start + ((index + 0.5) * (end - start)) / framing.size - 0.5
    first = np.floor(center + 0.5) if framing.taps == 1 else np.floor(center)
    low = np.maximum(0, np.floor(start)).astype(np.int64) if framing.edge == "crop" else np.zeros_like(length)
    high = (np.minimum(length, np.ceil(end)).astype(np.int64) if framing.edge == "crop" else length) - 1
    positions, weights = [], []
    for tap in range(framing.taps):
        position = first.astype(np.int64) + tap
        weight = np.ones_like(center) if framing.taps == 1 else (1 - (center - first) if tap == 0 else center - first)
        if framing.edge == "zero":
            weight = np.where((position < 0) | (position >= length), 0, weight)
        positions.append(np.clip(position, low, high))
        weights.append(weight.astype(np.float32))
    return positions, weights


def normalize(values: Tensor, coverage: Tensor | None, mean: np.ndarray, std: np.ndarray, lighting: np.ndarray | None) -> Tensor:
    """(pixel / 255 + lighting - mean) / std of each channel, 0 outside the image: [images, channels, size, size], channels last in memory."""
    offset = (-mean / std)[None] if lighting is None else (lighting - mean) / std
    offset = torch.from_numpy(offset.astype(np.float32)).to(values.device)[:, None, None, :]
    scale = torch.from_numpy((1 / (255 * std)).astype(np.float32)).to(values.device)
    normalized = values * scale + (offset if coverage is None else offset * coverage)
    return normalized.permute(0, 3, 1, 2)
