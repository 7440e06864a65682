"""Prints, for each prepared dataset named on the command line and each split, what the helper reads of it: JSON, as images.test.ts expects."""

import hashlib
import json
import pickle
import sys

import numpy as np

from beyond_imagenet import SPLITS, Images


def sha256(*arrays):
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def facts(folder, split):
    images = Images(folder, split)
    everything = images.images(range(len(images)))
    one_by_one = [images[index] for index in range(len(images))]
    scattered = np.random.default_rng(0).permutation(len(images))[: len(images) // 2]
    for index, pixels in zip(scattered, images.images(scattered), strict=True):
        assert np.array_equal(pixels, one_by_one[index][0]), f"image {index} of {folder} is not the same in a batch"
    copy = pickle.loads(pickle.dumps(images))
    assert np.array_equal(copy.labels, images.labels)
    return {
        "images": len(images),
        "labels": sha256(images.labels.astype("<u2")),
        "sizes": sha256(images.heights.astype("<u2"), images.widths.astype("<u2")),
        "pixels": sha256(*everything),
        "oneByOne": sha256(*(pixels for pixels, _ in one_by_one)),
        "labelsOneByOne": sha256(np.array([label for _, label in one_by_one], "<u2")),
        "ids": hashlib.sha256("\n".join(images.ids()).encode()).hexdigest(),
        "classes": images.classes,
        "mean": images.mean.tolist(),
        "std": images.std.tolist(),
    }


print(json.dumps([{split: facts(folder, split) for split in SPLITS} for folder in sys.argv[1:]]))
