"""Trains one AnyNet of a beyond-imagenet study in PyTorch, by the same protocol as the built-in engine.

The worker starts it: `python3 train.py [options]`, with the run's folder in BEYOND_IMAGENET_RUN. README.md describes the options.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
import math
import platform
import time
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from beyond_imagenet import BAD_DATA, UNSUITABLE, Images, Run

try:
    import torch
except ImportError as error:
    Run().fail(f"this machine's {platform.python_implementation()} has no PyTorch: {error}", UNSUITABLE)
from anynet import AnyNet, initialize
from augmentation import draw
from device import loss_scaler, prepare_device, resolve_precision
from feed import Feed
from sampling import Framing, Pixels, central_crops, normalize, sample, test_framing, training_framing
from schedule import learning_rate
from torch import Tensor
from torch.nn.functional import cross_entropy

LAYOUTS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}
TYPES = {"bfloat16": torch.bfloat16, "float16": torch.float16}
REPORT_SECONDS = 1


class Begun(NamedTuple):
    """How far an epoch has come: steps, images, and the sum of the losses of these images."""

    steps: int = 0
    images: int = 0
    loss: float = 0.0


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--layout", choices=["auto", *LAYOUTS], default="auto", help="memory layout; auto measures both")
    parser.add_argument("--compile", nargs="?", const="default", help="use torch.compile, in a mode of it")
    parser.add_argument("--checkpoint-minutes", type=float, default=10, help="time between checkpoints within an epoch")
    return parser.parse_args(arguments)


def main() -> None:
    run = Run()
    training = Training(run, parse_arguments())
    training.resume()
    training.train()
    training.finish()


class Training:
    """A run and its state: network, optimizer, and how far it has come."""

    def __init__(self, run: Run, options: argparse.Namespace):
        self.run, self.options, self.settings = run, options, run.settings
        self.train_images, self.validation_images, self.test_images = map(run.dataset, ("train", "validation", "test"))
        self.device = prepare_device(run)
        self.precision = resolve_precision(run, self.settings, self.device)
        # On a GPU float32 means all 23 bits, as it does in the built-in engine.
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = self.precision == "tf32"
        if self.settings.get("xla"):
            run.fail("protocol.xla must be false: it is TensorFlow's; the option --compile of this trainer is PyTorch's", BAD_DATA)
        norm = self.settings["batchNorm"]
        self.network = AnyNet(
            run.spec, run.channels, len(run.classes), momentum=norm["momentum"], epsilon=norm["epsilon"]
        )
        initialize(self.network, self.random("initial-weights"))
        self.network.to(self.device)
        optimizer = self.settings["optimizer"]
        self.optimizer = torch.optim.SGD(
            self.network.parameters(),
            lr=optimizer["learningRate"],
            momentum=optimizer["momentum"],
            nesterov=optimizer["nesterov"] and optimizer["momentum"] > 0,
            weight_decay=optimizer["weightDecay"],
        )
        self.scaler = loss_scaler(self.settings, self.precision, self.device)
        self.layout: str | None = None if options.layout == "auto" else options.layout
        self.epoch, self.begun = 0, Begun()
        self.validation: dict | None = None
        prepared = run.dataset("train").manifest
        self.pca = prepared["pca"]
        self.framing = training_framing(self.settings, run.image_size, prepared["fit"])
        self.test_framing = test_framing(self.settings, run.image_size, prepared["fit"])
        self.feed = Feed(self.train_images, self.device)

    def random(self, purpose: str, *numbers: int) -> np.random.Generator:
        """A stream of random numbers of its own for each purpose, epoch and step: what is drawn does not depend on where a run resumed."""
        return np.random.Generator(np.random.PCG64([self.stream_seed(purpose), *numbers]))

    def stream_seed(self, purpose: str) -> int:
        key = json.dumps([self.run.seed, purpose, self.run.spec, self.train_images.manifest["digest"]], sort_keys=True)
        return int.from_bytes(hashlib.sha256(key.encode()).digest()[:16], "big")

    def batches(self, purpose: str, epoch: int) -> list[np.ndarray]:
        return self.train_images.batches(self.settings["batchSize"], seed=self.stream_seed(purpose), epoch=epoch)

    def train(self) -> None:
        """Trains to the last epoch, and leaves the validation score of the trained network."""
        if self.layout is None:
            self.layout = self.faster_layout()
        self.network.to(memory_format=LAYOUTS[self.layout])
        self.forward = torch.compile(self.network, mode=self.options.compile) if self.options.compile else self.network
        epochs = self.settings["epochs"]
        while self.epoch < epochs:
            loss, images_per_second, rate = self.train_epoch()
            self.refine_statistics()
            infinite = next((name for name, value in self.network.state_dict().items() if not value.isfinite().all()), None)
            if infinite is not None:
                self.run.diverged(f"{infinite} was not finite after epoch {self.epoch + 1}")
            self.validation = self.validate()
            self.epoch, self.begun = self.epoch + 1, Begun()
            self.run.report(
                epoch=self.epoch,
                epochs=epochs,
                learning_rate=rate,
                training_loss=loss,
                validation_loss=self.validation and self.validation["loss"],
                validation_top1_error=self.validation and self.validation["top1Error"],
                images_per_second=images_per_second,
            )
            if self.epoch < epochs:
                self.save()
                if self.run.stopping:
                    self.run.stop()

    def train_epoch(self) -> tuple[float, float, float]:
        """Trains what is left of an epoch; returns its mean loss, images per second, and the learning rate at its first step."""
        batches = self.batches("batches", self.epoch)
        begun, unread = self.begun, []
        start = reported = saved = time.perf_counter()
        trained_before = begun.images
        self.network.train()
        for step, (images, labels) in self.augmented(batches, "augmentation", begun.steps):
            self.set_rate(step, len(batches))
            unread.append((step, len(labels), self.step(images, labels)))
            now = time.perf_counter()
            is_last = step + 1 == len(batches)
            is_due = not is_last and now - saved >= 60 * self.options.checkpoint_minutes
            if not (is_last or is_due or now - reported >= REPORT_SECONDS):
                continue
            # This waits for a GPU that is still working, once a second.
            losses = torch.stack([loss for _, _, loss in unread]).tolist()
            for (at, count, _), loss in zip(unread, losses, strict=True):
                if not math.isfinite(loss):
                    self.run.diverged(f"the loss was {loss} at step {at + 1} of epoch {self.epoch + 1}")
                begun = Begun(at + 1, begun.images + count, begun.loss + loss * count)
            if not is_last:
                images_since = sum(count for _, count, _ in unread)
                self.run.report(
                    epoch=self.epoch + 1,
                    epochs=self.settings["epochs"],
                    step=step + 1,
                    steps_per_epoch=len(batches),
                    loss=sum(losses) / len(losses),
                    images_per_second=images_since / (time.perf_counter() - reported),
                )
                is_stopping = self.run.stopping
                if is_due or is_stopping:
                    self.begun = begun
                    self.save()
                    saved = time.perf_counter()
                if is_stopping:
                    self.run.stop()
            unread, reported = [], time.perf_counter()
        seconds = time.perf_counter() - start
        rate = learning_rate(self.settings, self.epoch, 0, len(batches))
        return begun.loss / begun.images, (begun.images - trained_before) / seconds, rate

    def set_rate(self, step: int, steps: int) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.settings, self.epoch, step, steps)

    def step(self, images: Tensor, labels: Tensor) -> Tensor:
        """One step of the optimizer; returns the loss, on the device."""
        self.optimizer.zero_grad()
        with self.autocast():
            loss = cross_entropy(self.forward(images), labels, label_smoothing=self.settings["labelSmoothing"])
        self.scaler.scale(loss).backward()
        self.scaler.step(self.optimizer)
        self.scaler.update()
        return loss.detach()

    def autocast(self):
        kind = TYPES.get(self.precision)
        return torch.autocast(self.device.type, dtype=kind, enabled=kind is not None)

    def augmented(self, batches: list[np.ndarray], purpose: str, first: int = 0):
        """Steps with their normalized images and labels; the images of the next step are read while the caller works on this one."""

        def load(step: int):
            pixels = self.feed.read(batches[step])
            random = self.random(purpose, self.epoch, step)
            drawn = draw(random, self.settings["augmentation"], pixels.heights, pixels.widths, self.framing.size, self.pca)
            return pixels, drawn

        with ThreadPoolExecutor(1) as reader:
            following = reader.submit(load, first) if first < len(batches) else None
            for step in range(first, len(batches)):
                pixels, (crops, flips, lighting) = following.result()
                following = reader.submit(load, step + 1) if step + 1 < len(batches) else None
                images = self.seen(pixels, crops, flips, lighting, self.framing)
                yield step, (images, torch.from_numpy(self.train_images.labels[batches[step]]).to(self.device))

    def seen(self, pixels: Pixels, crops, flips, lighting, framing: Framing) -> Tensor:
        """Images as the network sees them, in the memory layout of the run."""
        values, coverage = sample(pixels, crops, flips, framing)
        images = normalize(values, coverage, self.train_images.mean, self.train_images.std, lighting)
        return images.contiguous(memory_format=LAYOUTS[self.layout])

    @torch.no_grad()
    def refine_statistics(self) -> None:
        """Replaces the running statistics of batch normalization by their means over training images (pycls' compute_precise_bn_stats)."""
        images, size = self.settings["batchNorm"]["preciseImages"], self.settings["batchSize"]
        if images == 0:
            return
        norms = [module for module in self.network.modules() if isinstance(module, torch.nn.BatchNorm2d)]
        momentum = self.settings["batchNorm"]["momentum"]
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None  # the mean over all batches since the reset
        for _, (batch, _) in self.augmented(self.batches("statistics", self.epoch)[: math.ceil(images / size)], "statistics-augmentation"):
            with self.autocast():
                self.network(batch)
        for norm in norms:
            norm.momentum = momentum

    @torch.no_grad()
    def logits(self, images: Images) -> np.ndarray:
        """Float32 [images, classes], of the images as they are tested on, in their order."""
        self.network.eval()
        feed, parts, size = Feed(images, self.device), [], self.settings["batchSize"]
        for start in range(0, len(images), size):
            pixels = feed.read(np.arange(start, min(start + size, len(images))))
            framing = self.test_framing
            crops = central_crops(pixels.heights, pixels.widths, framing.short_side, framing.size)
            with self.autocast():
                parts.append(self.network(self.seen(pixels, crops, None, None, framing)).float())
        return torch.cat(parts).cpu().numpy()

    def validate(self) -> dict | None:
        if len(self.validation_images) == 0:
            return None
        logits = self.logits(self.validation_images)
        if not np.isfinite(logits).all():
            self.run.diverged(f"the validation logits were not finite after epoch {self.epoch + 1}")
        return self.run.score("validation", logits=logits)

    def faster_layout(self) -> str:
        """The memory layout in which a step of this network takes less time here, by a short measurement on a copy of it."""
        batch = self.batches("batches", 0)[0]
        pixels = self.feed.read(batch)
        labels = torch.from_numpy(self.train_images.labels[batch]).to(self.device)
        crops = central_crops(pixels.heights, pixels.widths, self.framing.size, self.framing.size)
        seconds = {}
        for layout, form in LAYOUTS.items():
            self.layout = layout
            images = self.seen(pixels, crops, None, None, self.framing)
            network = copy.deepcopy(self.network).to(memory_format=form).train()
            times = []
            for _ in range(6):
                start = time.perf_counter()
                with self.autocast():
                    cross_entropy(network(images), labels).backward()
                if self.device.type == "cuda":
                    torch.cuda.synchronize()
                times.append(time.perf_counter() - start)
            seconds[layout] = min(times[2:])
        return min(seconds, key=seconds.get)

    def save(self) -> None:
        """Writes a checkpoint, from which a run goes on with the same bits on a CPU."""
        state = {
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scaler": self.scaler.state_dict(),
            "layout": self.layout,
            "epoch": self.epoch,
            "begun": tuple(self.begun),
        }
        with self.run.checkpoint(f"epoch-{self.epoch:05}-step-{self.begun.steps:08}") as folder:
            torch.save(state, folder / "state.pt")

    def resume(self) -> None:
        folder = self.run.resume()
        if folder is None:
            return
        state = torch.load(folder / "state.pt", map_location=self.device, weights_only=True)
        self.layout, self.epoch, self.begun = state["layout"], state["epoch"], Begun(*state["begun"])
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.scaler.load_state_dict(state["scaler"])
        print(f"continuing at step {self.begun.steps} of epoch {self.epoch + 1}", flush=True)

    def finish(self) -> None:
        versions = {
            "torch": torch.__version__,
            "precision": self.precision,
            "memoryLayout": self.layout,
            "compile": self.options.compile or "no",
        }
        if self.device.type == "cuda":
            versions["cuda"], versions["gpu"] = str(torch.version.cuda), torch.cuda.get_device_name(self.device)
        weights = {name: value.contiguous() for name, value in self.network.state_dict().items()}
        name = save_weights(self.run, weights)
        logits = self.logits(self.test_images)
        if not np.isfinite(logits).all():
            self.run.diverged("the test logits were not finite")
        self.run.finish(logits=logits, validation=self.validation, weights=name, versions=versions)


def save_weights(run: Run, weights: dict[str, Tensor]) -> str:
    """Writes the weights in pycls' names: as safetensors if that package is installed, else as PyTorch does."""
    try:
        from safetensors.torch import save_file
    except ImportError:
        torch.save(weights, run.folder / "weights.pt")
        return "weights.pt"
    save_file(weights, run.folder / "weights.safetensors")
    return "weights.safetensors"


if __name__ == "__main__":
    main()
