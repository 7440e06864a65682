"""The pixels of a split on the device that trains on them."""

from __future__ import annotations

import numpy as np
import torch
from beyond_imagenet import Images
from sampling import Pixels
from torch import Tensor

# Pixels stay on the device if they are at most so many bytes, and such a share of its free memory.
MOST_RESIDENT_BYTES = 2**31
MOST_RESIDENT_SHARE = 0.25


class Feed:
    """Pixels of a split on the device: all of them if they fit, else batch by batch."""

    def __init__(self, images: Images, device: torch.device):
        self.images, self.device = images, device
        sizes = images.heights * images.widths
        self.starts = np.concatenate([[0], np.cumsum(sizes)])
        bytes_in_all = int(self.starts[-1]) * images.channels
        self.resident = self._pixels(np.arange(len(images))) if bytes_in_all <= most_resident_bytes(device) else None

    def read(self, indices: np.ndarray) -> Pixels:
        heights, widths = self.images.heights[indices], self.images.widths[indices]
        if self.resident is not None:
            return Pixels(self.resident, self.starts[indices], heights, widths)
        starts = np.concatenate([[0], np.cumsum(heights * widths)[:-1]])
        return Pixels(self._pixels(indices), starts, heights, widths)

    def _pixels(self, indices: np.ndarray) -> Tensor:
        pixels = self.images.images(indices)
        if isinstance(pixels, list):
            pixels = np.concatenate([one.reshape(-1, self.images.channels) for one in pixels])
        flat = torch.from_numpy(pixels.reshape(-1, self.images.channels))
        return flat.pin_memory().to(self.device, non_blocking=True) if self.device.type == "cuda" else flat


def most_resident_bytes(device: torch.device) -> float:
    if device.type == "cuda":
        return min(MOST_RESIDENT_BYTES, MOST_RESIDENT_SHARE * torch.cuda.mem_get_info(device)[0])
    with open("/proc/meminfo", encoding="utf-8") as file:
        available = next(int(line.split()[1]) * 1024 for line in file if line.startswith("MemAvailable:"))
    return min(MOST_RESIDENT_BYTES, MOST_RESIDENT_SHARE * available)
