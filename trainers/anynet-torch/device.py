"""What a run computes on, and in which precision."""

from __future__ import annotations

import torch
from beyond_imagenet import UNSUITABLE, Run

# The fastest first: on GPUs with tensor cores the types of 16 bits are twice as fast as tf32, and bfloat16 needs no loss scaling.
BY_SPEED = ("bfloat16", "float16", "tf32", "float32")


def prepare_device(run: Run) -> torch.device:
    """The device of the run: on a CPU with its threads and operations that give the same bits each time, on a GPU the fastest ones."""
    if run.device == "cuda":
        if not torch.cuda.is_available():
            run.fail("PyTorch sees no GPU on this machine", UNSUITABLE)
        torch.backends.cudnn.benchmark = True
        return torch.device("cuda")
    torch.set_num_threads(run.threads)
    torch.use_deterministic_algorithms(True)
    return torch.device("cpu")


def resolve_precision(run: Run, settings: dict, device: torch.device) -> str:
    """The precision that the protocol names, or with `auto` the fastest of those it allows that the device has."""
    asked = settings["precision"]
    candidates = [asked] if asked != "auto" else [one for one in BY_SPEED if one in settings.get("allowedPrecisions", BY_SPEED)]
    possible = [one for one in candidates if is_supported(one, device)]
    # A CPU without instructions for bfloat16 computes it, but slower than float32.
    if device.type == "cpu" and "float32" in possible and not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        return "float32"
    if not possible:
        run.fail(f"this device ({device.type}) does not compute in {' or '.join(candidates)}", UNSUITABLE)
    return possible[0]


def is_supported(precision: str, device: torch.device) -> bool:
    if precision == "float32":
        return True
    if device.type == "cpu":
        return precision == "bfloat16"
    return torch.cuda.get_device_capability(device) >= ((7, 0) if precision == "float16" else (8, 0))


def loss_scaler(settings: dict, precision: str, device: torch.device) -> torch.amp.GradScaler:
    """Dynamic loss scaling as the protocol says; float16 has it in any case."""
    scaling = settings.get("lossScaling") or {}
    is_used = "lossScaling" in settings or precision == "float16"
    return torch.amp.GradScaler(
        device.type,
        init_scale=scaling.get("initial", 65536),
        growth_interval=scaling.get("growthInterval", 2000),
        enabled=is_used,
    )
