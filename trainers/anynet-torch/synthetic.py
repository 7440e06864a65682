"""A small prepared dataset and a run's folder, so that the trainer can be tried on a machine that has nothing but Python."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np

CLASSES, SIZE = 4, 40
IMAGES = {"train": 160, "validation": 20, "test": 60}


def write_dataset(folder: Path) -> Path:
    """Photos of several sizes whose class is the direction of a wave; returns the folder of the view, as `datasets prepare` writes it."""
    random = np.random.default_rng(0)
    count = sum(IMAGES.values())
    labels = np.arange(count) % CLASSES
    sizes = np.stack([np.full(count, SIZE), SIZE + 8 * random.integers(0, 3, count)], axis=1)
    pixels = [photo(random, label, *size) for label, size in zip(labels.tolist(), sizes.tolist(), strict=True)]
    images, view = folder / "images" / "waves", folder / "views" / "waves"
    for one in (images, view):
        one.mkdir(parents=True)
    shard = b"".join(image.tobytes() for image in pixels)
    (images / "shard-00000.bin").write_bytes(shard)
    digest = hashlib.sha256(shard).hexdigest()
    common = {"format": 2, "digest": digest, "imageSize": SIZE, "fit": "short-side", "channels": 3}
    tables = {
        "labels": write(images, "labels.bin", labels.astype("<u2")),
        "sizes": write(images, "sizes.bin", sizes.astype("<u2")),
        "ids": write(images, "ids.txt", np.frombuffer("".join(f"{i}\n" for i in range(count)).encode(), np.uint8)),
    }
    classes = [f"direction {label}" for label in range(CLASSES)]
    shards = [{"file": "shard-00000.bin", "images": count, "bytes": len(shard)}]
    write_json(images / "manifest.json", {**common, "classes": classes, "images": count, "shards": shards, "tables": tables})
    splits, first = {}, 0
    for split, images_in_split in IMAGES.items():
        positions = np.arange(first, first := first + images_in_split)
        splits[split] = {"images": images_in_split, "positions": write(view, f"{split}.bin", positions.astype("<u4"))}
    values = np.concatenate([image.reshape(-1, 3) for image in pixels[: IMAGES["train"]]]) / 255
    eigenvalues, eigenvectors = np.linalg.eigh(np.cov(values, rowvar=False))
    write_json(
        view / "manifest.json",
        {
            **common,
            "label": "waves",
            "classes": classes,
            "splits": splits,
            "normalization": {"mean": values.mean(0).tolist(), "std": values.std(0).tolist()},
            "pca": {"eigenvalues": eigenvalues.tolist(), "eigenvectors": eigenvectors.tolist()},
            "parent": {"directory": "../../images/waves", "digest": digest, "labels": list(range(CLASSES))},
        },
    )
    return view


def photo(random: np.random.Generator, label: int, height: int, width: int) -> np.ndarray:
    angle = np.pi * label / CLASSES
    y, x = np.mgrid[:height, :width]
    wave = np.sin((np.cos(angle) * x + np.sin(angle) * y) * random.uniform(0.4, 0.8) + random.uniform(0, 6))
    noisy = 128 + 50 * wave[..., None] + random.normal(0, 40, (height, width, 3))
    return noisy.clip(0, 255).astype(np.uint8)


def write_run(folder: Path, dataset: Path, settings: dict, device: dict, resume: str | None = None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    architecture = {
        "stem": "res_stem_cifar",
        "stemWidth": 8,
        "blockType": "res_bottleneck_block",
        "depths": [1, 2],
        "widths": [16, 32],
        "strides": [2, 2],
        "bottleneckRatios": [1, 2],
        "groupWidths": [8, 8],
    }
    manifest = json.loads((dataset / "manifest.json").read_text())
    write_json(
        folder / "run.json",
        {
            "format": 1,
            "runKey": "0" * 64,
            "attempt": 1,
            "seed": 3,
            "architecture": {"name": "small", "spec": architecture},
            "settings": settings,
            "dataset": {
                "label": "waves",
                "title": "waves",
                "digest": manifest["digest"],
                "classes": manifest["classes"],
                "channels": 3,
                "imageSize": SIZE,
                "images": IMAGES,
                "path": str(dataset),
            },
            "predictions": True,
            "device": device,
            "resume": resume,
        },
    )


def write(folder: Path, name: str, values: np.ndarray) -> dict:
    content = values.tobytes()
    (folder / name).write_bytes(content)
    return {"file": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def write_json(path: Path, document: dict) -> None:
    path.write_text(json.dumps(document, indent=1))
