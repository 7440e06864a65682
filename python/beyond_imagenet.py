"""For trainers of beyond-imagenet studies: reads a run and its images, and writes the files that the worker expects.

    from beyond_imagenet import Run

    run = Run()
    train, test = run.dataset("train"), run.dataset("test")
    for epoch in range(epochs):
        for batch in train.batches(64, seed=run.seed, epoch=epoch):
            step(train.images(batch), train.labels[batch])
        run.report(epoch=epoch + 1, epochs=epochs, training_loss=loss)
    run.finish(logits=predict(test))

A single file that needs only the standard library and numpy: copy it beside your script and list it in the trainer's `files`. The protocol
is described in docs/trainers.md of beyond-imagenet; only this file reads and writes it in Python.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import platform
import re
import shutil
import time
from collections import OrderedDict
from contextlib import contextmanager
from pathlib import Path

import numpy as np

__version__ = "0.1.0"

SPLITS = ("train", "validation", "test")

# Exit codes that say what must change before another attempt can succeed; any other code is a crash.
BAD_DATA = 65
"""The data or the settings: the population is put on hold."""
UNSUITABLE = 69
"""The machine: the run is handed to another worker."""
TRY_LATER = 75
"""Nothing, it only takes time (e.g. a server does not answer): the attempt is not counted."""


class Run:
    """One network to train on one dataset, in a folder that the worker has made for it."""

    def __init__(self, folder: str | os.PathLike | None = None):
        """Opens the run in `folder`, by default the one that the worker names in BEYOND_IMAGENET_RUN."""
        folder = folder or os.environ.get("BEYOND_IMAGENET_RUN")
        if not folder:
            raise SystemExit("BEYOND_IMAGENET_RUN must name a run's folder: this program is started by beyond-imagenet")
        self.folder = Path(folder)
        self.document = json.loads((self.folder / "run.json").read_text(encoding="utf-8"))
        if self.document.get("format") != 1:
            self.fail(f"run.json must have format 1, got {self.document.get('format')!r}", UNSUITABLE)
        self.key: str = self.document["runKey"]
        self.seed: int = self.document["seed"]
        self.name: str = self.document["architecture"]["name"]
        """Name of the architecture, as shown in tables."""
        self.spec = self.document["architecture"]["spec"]
        """Specification of the architecture in the study's list: any JSON value."""
        self.settings: dict = self.document.get("settings") or {}
        """The study's `protocol.settings`, with the overrides for this dataset."""
        self.classes: list[str] = self.document["dataset"]["classes"]
        self.channels: int = self.document["dataset"]["channels"]
        self.image_size: int = self.document["dataset"]["imageSize"]
        """In pixels: the side of square images, or the largest short side of whole images."""
        self._images: dict[str, Images] = {}

    @property
    def device(self) -> str:
        """Name of the run's device in PyTorch: `cuda` or `cpu`. A run sees only the GPU that it was given."""
        return "cuda" if self.document["device"]["kind"] == "gpu" else "cpu"

    @property
    def threads(self) -> int:
        """Number of threads that may compute: the run's share of the processor."""
        return self.document["device"].get("threads") or max(1, len(os.sched_getaffinity(0)))

    def dataset(self, split: str) -> Images:
        """The images of a split: `train`, `validation` (which may be empty) or `test`."""
        if split not in self._images:
            try:
                self._images[split] = Images(self.document["dataset"]["path"], split)
            except DamagedData as error:
                self.fail(str(error), BAD_DATA)
        return self._images[split]

    def report(self, **numbers: float) -> None:
        """Appends a line to metrics.jsonl, which status, curves and TensorBoard show. It also tells the worker that the run makes progress.

        Names may be in snake case (`training_loss` is stored as `trainingLoss`). Known ones are epoch (from 1), epochs, step,
        stepsPerEpoch, loss, trainingLoss, validationLoss, validationTop1Error (0 to 1), learningRate and imagesPerSecond; any other
        number is kept as a curve. A line with `step` is progress within its epoch; one without it is the epoch's result, to be reported
        before its checkpoint. Values that are None or not finite are left out.
        """
        values = {_camel_case(name): value if isinstance(value, int) else float(value) for name, value in numbers.items() if value is not None}
        line = {name: value for name, value in values.items() if math.isfinite(value)}
        line["timestamp"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        _append_line(self.folder / "metrics.jsonl", json.dumps(line))

    def alive(self) -> None:
        """Tells the worker that the run makes progress, if there is nothing to report for a long time: a worker ends a silent run."""
        (self.folder / "alive").touch()

    def resume(self) -> Path | None:
        """The checkpoint to resume from: a folder that `checkpoint` wrote in this or an earlier attempt; None if there is none."""
        name = self.document.get("resume")
        return None if name is None else self.folder / name

    @contextmanager
    def checkpoint(self, name: str | int):
        """A folder to write a checkpoint into, which appears under its name complete or not at all:

            with run.checkpoint(epoch) as folder:
                torch.save(state, folder / "state.pt")

        Names of later checkpoints must sort after those of earlier ones; numbers are padded so that they do.
        """
        name = f"{name:08}" if isinstance(name, int) else name
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", name) or name.endswith(".tmp"):
            raise ValueError(f"name must be letters, digits, dots, dashes and underscores, got {name!r}")
        target = self.folder / "checkpoints" / name
        partial = target.with_name(f"{name}.tmp")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        try:
            yield partial
            for path in partial.rglob("*"):
                _sync(path)
            _sync(partial)
            shutil.rmtree(target, ignore_errors=True)
            partial.rename(target)
            _sync(target.parent)
        finally:
            shutil.rmtree(partial, ignore_errors=True)

    @property
    def stopping(self) -> bool:
        """Whether the run should write a checkpoint and end with `stop`, e.g. because its study is paused: check after each epoch."""
        return (self.folder / "stop").exists()

    def stop(self) -> None:
        """Ends the process after a checkpoint, from which a later attempt resumes."""
        raise SystemExit(0)

    def score(self, split: str, *, logits=None, probabilities=None) -> dict:
        """The score of a network on a split: `images`, `top1Error`, `loss` (mean cross-entropy) and, with 6 classes or more, `top5Error`.

        `logits` or `probabilities`: [images, classes], in the split's order. An image whose true class ties with another class counts as an error.
        """
        labels = self.dataset(split).labels
        ranked, log_probabilities = self._ranked(labels, logits, probabilities)
        return _score(labels, ranked, log_probabilities)

    def finish(
        self,
        *,
        logits=None,
        probabilities=None,
        top1_error: float | None = None,
        loss: float | None = None,
        top5_error: float | None = None,
        validation: dict | None = None,
        weights: str | os.PathLike | None = None,
        versions: dict[str, str] | None = None,
    ) -> None:
        """Writes the result of a run that has reached its end.

        Args:
            logits, probabilities: one of them, [test images, classes] in the test split's order: errors, loss and predictions.csv are
                computed from it. Without either, give `top1_error` (0 to 1) and `loss`; the study then has no predictions of this run.
            validation: the score of the trained network, as `score("validation", ...)` returns it.
            weights: name or path of a file in the run's folder to keep with the run.
            versions: versions of the software that trained the network, by name; Python's and numpy's are added.
        """
        test = self.dataset("test")
        if logits is not None or probabilities is not None:
            ranked, log_probabilities = self._ranked(test.labels, logits, probabilities)
            score = _score(test.labels, ranked, log_probabilities)
            if self.document.get("predictions", True):
                self._write_predictions(test.labels, ranked, log_probabilities)
        elif top1_error is None or loss is None:
            raise ValueError("finish needs logits or probabilities of the test images, or top1_error and loss")
        else:
            score = {"images": len(test), "top1Error": float(top1_error), "loss": float(loss)}
            if top5_error is not None:
                score["top5Error"] = float(top5_error)
        for name, value in score.items():
            if not math.isfinite(value):
                raise ValueError(f"{name} must be a finite number, got {value}: a run that diverged ends with run.diverged(reason)")
        result = {
            "outcome": "finished",
            "test": score,
            "validation": validation,
            "versions": {"python": platform.python_version(), "numpy": np.__version__, **(versions or {})},
        }
        if weights is not None:
            result["files"] = {"weights": self._own_file(weights)}
        self._write("result.json", json.dumps(result, allow_nan=False))

    def diverged(self, reason: str) -> None:
        """Ends the process with the result that the training diverged, e.g. because of a loss that is not finite."""
        self._write("result.json", json.dumps({"outcome": "diverged", "reason": str(reason)}))
        raise SystemExit(0)

    def fail(self, reason: str, code: int = 1) -> None:
        """Ends the process with a reason that status and report show, and an exit code: BAD_DATA, UNSUITABLE, TRY_LATER, or 1 for a crash."""
        self._write("failure", str(reason))
        print(reason, flush=True)
        raise SystemExit(code)

    def _ranked(self, labels: np.ndarray, logits, probabilities) -> tuple[np.ndarray, np.ndarray]:
        """Classes of each image, likeliest first, and log-probabilities of all classes: [images, classes] each."""
        if (logits is None) == (probabilities is None):
            raise ValueError("give either logits or probabilities")
        name, values = ("logits", logits) if logits is not None else ("probabilities", probabilities)
        values = np.asarray(values, dtype=np.float64)
        if values.shape != (len(labels), len(self.classes)):
            raise ValueError(f"{name} must be [{len(labels)} images, {len(self.classes)} classes], got {list(values.shape)}")
        if not np.isfinite(values).all():
            raise ValueError(f"{name} must be finite: a run that diverged ends with run.diverged(reason)")
        if probabilities is not None:
            if (values < 0).any() or not np.allclose(values.sum(1), 1, atol=1e-3):
                raise ValueError("probabilities must be 0 or more and add up to 1 in each row")
            log_probabilities = np.log(np.clip(values, _TINY, 1))
        else:
            shifted = values - values.max(1, keepdims=True)
            log_probabilities = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        # The last key counts most; among equals, the true class comes last.
        is_true = np.arange(values.shape[1]) == labels[:, None]
        return np.lexsort((is_true, -values)), log_probabilities

    def _write_predictions(self, labels: np.ndarray, ranked: np.ndarray, log_probabilities: np.ndarray) -> None:
        """Writes predictions.csv: each test image's label, its probability, and the five likeliest classes (all if there are fewer)."""
        probability = np.exp(log_probabilities[np.arange(len(labels)), labels]).astype(np.float32)
        top = ranked[:, :5]
        missing = "," * (5 - top.shape[1])
        rows = (
            f"{index},{label},{likelihood:.9g},{','.join(map(str, classes))}{missing}\n"
            for index, (label, likelihood, classes) in enumerate(zip(labels.tolist(), probability.tolist(), top.tolist()))
        )
        self._write("predictions.csv", "index,label,probability,top1,top2,top3,top4,top5\n" + "".join(rows))

    def _own_file(self, path: str | os.PathLike) -> str:
        """The name of a file in the run's folder."""
        file = (self.folder / path).resolve()
        if not file.is_file() or file.parent != self.folder.resolve():
            raise ValueError(f"weights must be a file in {self.folder}, got {os.fspath(path)!r}")
        return file.name

    def _write(self, name: str, text: str) -> None:
        """Writes a file in the run's folder, complete or not at all."""
        partial = self.folder / f"{name}.tmp"
        with open(partial, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(self.folder / name)
        _sync(self.folder)


class DamagedData(Exception):
    """A prepared dataset lacks a file, or a file differs from what its manifest says."""


class Images:
    """The images of one split of a prepared dataset, uint8 [height, width, channels], with their labels; the pixels are memory-mapped.

    Works as a map-style dataset of PyTorch (`len`, `[index]`), and can be sent to other processes.
    """

    def __init__(self, folder: str | os.PathLike, split: str):
        if split not in SPLITS:
            raise ValueError(f"split must be one of {', '.join(SPLITS)}, got {split!r}")
        self._arguments = (os.fspath(folder), split)
        folder = Path(folder)
        self.manifest = _read_manifest(folder)
        self._folder = folder / self.manifest["parent"]["directory"]
        self._parent = _read_manifest(self._folder)
        if self._parent["digest"] != self.manifest["parent"]["digest"]:
            raise DamagedData(f"{self._folder} must have images with digest {self.manifest['parent']['digest']}")
        self.split = split
        self.classes: list[str] = self.manifest["classes"]
        self.channels: int = self.manifest["channels"]
        self.mean = np.array(self.manifest["normalization"]["mean"])
        """Mean of each channel over the training images of the whole dataset, with pixels scaled to [0, 1]."""
        self.std = np.array(self.manifest["normalization"]["std"])
        positions = _read_table(folder, self.manifest["splits"][split]["positions"], "<u4").astype(np.int64)
        self._positions = positions
        in_view = np.full(max(len(self._parent["classes"]), 1), -1)
        in_view[self.manifest["parent"]["labels"]] = np.arange(len(self.classes))
        self.labels: np.ndarray = in_view[self._table("labels", "<u2")[positions]]
        """Class of each image: int64 [images]."""
        self._shards = self._parent["shards"]
        self._shard_starts = np.cumsum([0] + [shard["bytes"] for shard in self._shards])
        self._maps: OrderedDict[int, np.ndarray] = OrderedDict()
        size, bytes_of = self.manifest["imageSize"], self.channels
        if "sizes" in self._parent["tables"]:
            sizes = self._table("sizes", "<u2").astype(np.int64).reshape(-1, 2)
            starts = np.concatenate([[0], np.cumsum(sizes[:, 0] * sizes[:, 1] * bytes_of)])
            self._starts = starts[positions]
            self.heights, self.widths = sizes[positions, 0], sizes[positions, 1]
        else:
            self._starts = positions * (size * size * bytes_of)
            self.heights = self.widths = np.full(len(positions), size)

    def __len__(self) -> int:
        return len(self._positions)

    def __getitem__(self, index: int) -> tuple[np.ndarray, int]:
        """A copy of an image's pixels, and its label."""
        index = range(len(self))[index]
        return np.array(self._view(index)), int(self.labels[index])

    def images(self, indices) -> np.ndarray | list[np.ndarray]:
        """The pixels of some images, in the order of `indices`: [images, height, width, channels], or a list if their sizes differ."""
        indices = np.asarray(indices, dtype=np.int64)
        if indices.size and not (0 <= indices.min() and indices.max() < len(self)):
            raise IndexError(f"indices must be in [0, {len(self)}), got {indices.min()} to {indices.max()}")
        heights, widths = self.heights[indices], self.widths[indices]
        if len(indices) and not ((heights == heights[0]).all() and (widths == widths[0]).all()):
            return [np.array(self._view(index)) for index in indices]
        height, width = (heights[0], widths[0]) if len(indices) else (self.manifest["imageSize"],) * 2
        length = int(height * width * self.channels)
        result = np.empty((len(indices), length), np.uint8)
        starts = self._starts[indices]
        shards = self._shard_of(starts)
        for shard in np.unique(shards):
            here = shards == shard
            offsets = starts[here] - self._shard_starts[shard]
            pixels = self._map(int(shard))
            if (offsets % length == 0).all():
                whole = len(pixels) // length
                result[here] = pixels[: whole * length].reshape(whole, length)[offsets // length]
            else:
                result[here] = [pixels[offset : offset + length] for offset in offsets]
        return result.reshape(len(indices), height, width, self.channels)

    def batches(self, size: int, *, seed: int, epoch: int) -> list[np.ndarray]:
        """The batches of an epoch, arrays of indices: each image once, in an order determined by seed and epoch alone.

        The last batch may be smaller; if only one image were left for it, that image is left out, since batch normalization has no
        variance over one image.
        """
        order = np.random.Generator(np.random.PCG64([seed, epoch])).permutation(len(self))
        batches = [order[start : start + size] for start in range(0, len(order), size)]
        return [batch for batch in batches if len(batch) > 1 or size == 1]

    def ids(self) -> list[str]:
        """Names of the images in the downloaded dataset: third-party text, which may contain anything but control characters."""
        ids = _read_bytes(self._folder, self._parent["tables"]["ids"]).decode("utf-8").split("\n")
        return [ids[position] for position in self._positions]

    def __reduce__(self):
        return Images, self._arguments

    def _table(self, name: str, numbers: str) -> np.ndarray:
        return _read_table(self._folder, self._parent["tables"][name], numbers)

    def _shard_of(self, starts: np.ndarray) -> np.ndarray:
        return np.searchsorted(self._shard_starts, starts, side="right") - 1

    def _view(self, index: int) -> np.ndarray:
        start = int(self._starts[index])
        shard = int(self._shard_of(start))
        shape = (int(self.heights[index]), int(self.widths[index]), self.channels)
        offset = start - int(self._shard_starts[shard])
        return self._map(shard)[offset : offset + math.prod(shape)].reshape(shape)

    def _map(self, shard: int) -> np.ndarray:
        """The bytes of a shard. Each map keeps a file open, and a process may have about a thousand: the least recently used is closed."""
        if shard in self._maps:
            self._maps.move_to_end(shard)
            return self._maps[shard]
        path = self._folder / self._shards[shard]["file"]
        _check_size(path, self._shards[shard]["bytes"])
        if len(self._maps) >= _MOST_MAPS:
            self._maps.popitem(last=False)
        # An array of the base class: a slice of np.memmap costs several microseconds.
        self._maps[shard] = np.asarray(np.memmap(path, np.uint8, "r"))
        return self._maps[shard]


_MOST_MAPS = 256
_TINY = float(np.finfo(np.float32).tiny)


def _read_manifest(folder: Path) -> dict:
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DamagedData(f"{path} must exist: prepare the dataset again") from None
    except ValueError as error:
        raise DamagedData(f"{path} must be JSON: {error}") from None
    if manifest.get("format") != 2:
        raise DamagedData(f"{path}: format must be 2, got {manifest.get('format')!r}")
    return manifest


def _read_bytes(folder: Path, table: dict) -> bytes:
    """The content of a file that a manifest lists, after checks of its size and SHA-256."""
    path = folder / table["file"]
    _check_size(path, table["bytes"])
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != table["sha256"]:
        raise DamagedData(f"{path} must have SHA-256 {table['sha256']}: prepare the dataset again")
    return content


def _read_table(folder: Path, table: dict, numbers: str) -> np.ndarray:
    return np.frombuffer(_read_bytes(folder, table), numbers)


def _check_size(path: Path, expected: int) -> None:
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise DamagedData(f"{path} must exist: prepare the dataset again") from None
    if size != expected:
        raise DamagedData(f"{path} must have {expected} bytes, got {size}: prepare the dataset again")


def _score(labels: np.ndarray, ranked: np.ndarray, log_probabilities: np.ndarray) -> dict:
    images, classes = ranked.shape
    if images == 0:
        raise ValueError("a split without images has no score")
    hits = ranked == labels[:, None]
    score = {"images": images, "loss": float(-log_probabilities[np.arange(images), labels].mean())}
    for top in (1, 5):
        if top == 1 or classes > 5:
            score[f"top{top}Error"] = int(images - hits[:, :top].sum()) / images
    return score


def _camel_case(name: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), name)


def _append_line(path: Path, line: str) -> None:
    """Appends a line in one write; first ends a line that an earlier process left unfinished."""
    with open(path, "ab+") as file:
        unfinished = b""
        if file.seek(0, os.SEEK_END) > 0:
            file.seek(-1, os.SEEK_END)
            unfinished = b"" if file.read(1) == b"\n" else b"\n"
        file.write(unfinished + line.encode() + b"\n")


def _sync(path: Path) -> None:
    """Waits until a file or the entries of a folder are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
