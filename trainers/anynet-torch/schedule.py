"""The learning rate over a training."""

from __future__ import annotations

import math


def learning_rate(settings: dict, epoch: int, step: int, steps: int) -> float:
    """The rate at a step, both from 0, as pycls computes it (pycls/core/optimizer.py, get_epoch_lr)."""
    schedule = settings["schedule"]
    now = epoch if schedule["per"] == "epoch" else epoch + step / steps
    factor = 1.0
    if schedule["kind"] == "step":
        factor = schedule["stepFactor"] ** sum(now >= at for at in schedule["stepEpochs"])
    elif schedule["kind"] == "cosine":
        lowest = schedule["minimumFactor"]
        factor = lowest + (1 - lowest) * (1 + math.cos(math.pi * now / settings["epochs"])) / 2
    if now < schedule["warmupEpochs"]:
        progress = now / schedule["warmupEpochs"]
        factor *= schedule["warmupFactor"] * (1 - progress) + progress
    return settings["optimizer"]["learningRate"] * factor
