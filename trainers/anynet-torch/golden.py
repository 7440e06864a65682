"""Golden cases: small networks that PyTorch trained for a few steps in double precision, in the form of test/lib/training/golden/*.json."""

from __future__ import annotations

import math

import numpy as np
import torch
from anynet import AnyNet
from torch.nn.functional import cross_entropy

# How far from a golden case the arithmetic may be: of float32 as lib/training/golden.ts allows the built-in engine; in float64 nothing differs but
# the last digits that the case was written with. (In float32 the sign of a value near zero may differ, and a whole unit with it.)
TOLERANCES = {
    torch.float32: {"firstLogits": 1e-4, "gradientNorms": 1e-3, "losses": 2e-3, "finalLogits": 1e-2},
    torch.float64: {"firstLogits": 1e-5, "gradientNorms": 1e-5, "losses": 1e-5, "finalLogits": 1e-5},
}


def differences(case: dict, device: torch.device, layout: torch.memory_format, dtype: torch.dtype) -> dict[str, float]:
    """The largest differences between what a case says and what this device computes; AssertionError if a parameter is another one."""
    architecture = case["architecture"]
    channels, size, classes = architecture.get("channels", 3), architecture["imageSize"], architecture["classes"]
    network = AnyNet(architecture, channels, classes)
    names = [name for name, _ in network.named_parameters()]
    assert names == [parameter["name"] for parameter in case["parameters"]], f"{case['name']}: parameters are {names}"
    for index, parameter in enumerate(network.parameters()):
        parameter.data = torch.from_numpy(initial_values(names[index], tuple(parameter.shape), index + 1))
    network.to(device, dtype).to(memory_format=layout)
    batch = case["batchSize"]
    images = generated(12345, batch * channels * size**2).reshape(batch, channels, size, size)
    images = torch.from_numpy(images).to(device, dtype).contiguous(memory_format=layout)
    labels = torch.tensor(case["labels"], device=device)
    how = case["optimizer"]
    optimizer = torch.optim.SGD(
        network.parameters(),
        lr=how["learningRate"],
        momentum=how["momentum"],
        weight_decay=how["weightDecay"],
        nesterov=how["nesterov"],
    )
    losses, first = [], None
    for _ in range(how["steps"]):
        optimizer.zero_grad()
        logits = network(images)
        loss = cross_entropy(logits, labels, label_smoothing=case.get("labelSmoothing", 0.0))
        loss.backward()
        losses.append(loss.item())
        if first is None:
            first = logits.detach().cpu().numpy(), [parameter.grad.norm().item() for parameter in network.parameters()]
        optimizer.step()
    network.eval()
    with torch.no_grad():
        final = network(images).cpu().numpy()
    norms = [parameter["firstStepGradientNorm"] for parameter in case["parameters"]]
    return {
        "firstLogits": float(np.abs(first[0] - case["firstStepLogits"]).max()),
        "gradientNorms": max(map(relative, first[1], norms)),
        "losses": max(map(relative, losses, case["losses"])),
        "finalLogits": float(np.abs(final - case["evalLogitsAfterTraining"]).max()),
    }


def initial_values(name: str, shape: tuple[int, ...], seed: int) -> np.ndarray:
    values = generated(seed, math.prod(shape))
    if len(shape) == 4:
        values *= math.sqrt(3) * math.sqrt(2 / (shape[2] * shape[3] * shape[0]))
    else:
        values = 0.1 * values + (1 if len(shape) == 1 and name.endswith(".weight") else 0)
    return values.reshape(shape)


def generated(seed: int, count: int) -> np.ndarray:
    """Values in [-1, 1) of the linear congruential generator of the golden files."""
    values, state = np.empty(count), seed
    for index in range(count):
        state = (1664525 * state + 1013904223) % 2**32
        values[index] = state / 2**31 - 1
    return values


def relative(value: float, expected: float) -> float:
    return abs(value - expected) / max(abs(expected), 1e-12)
