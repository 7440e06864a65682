"""The network of a benchmark, trained in PyTorch: `pytorch-peer.py ORDER`, an order being JSON as in bench/training/processes.ts.

Prints two JSON lines: one when the first step is done, one with images per second and the peak of the resident size.
"""

import json
import resource
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn


class NormalizedConvolution(nn.Module):
    def __init__(self, width_in, width, kernel=1, stride=1, groups=1):
        super().__init__()
        self.convolution = nn.Conv2d(
            width_in, width, kernel, stride, padding=kernel // 2, groups=groups, bias=False
        )
        self.norm = nn.BatchNorm2d(width)

    def forward(self, x):
        return self.norm(self.convolution(x))


class Block(nn.Module):
    """1x1, grouped 3x3 with the stride, 1x1, around a shortcut that is projected where shapes differ."""

    def __init__(self, width_in, width, stride, ratio, group_width):
        super().__init__()
        inner = width // ratio
        self.narrow = NormalizedConvolution(width_in, inner)
        self.spatial = NormalizedConvolution(inner, inner, 3, stride, inner // group_width)
        self.widen = NormalizedConvolution(inner, width)
        same = width_in == width and stride == 1
        self.shortcut = nn.Identity() if same else NormalizedConvolution(width_in, width, 1, stride)

    def forward(self, x):
        y = F.relu(self.narrow(x), inplace=True)
        y = F.relu(self.spatial(y), inplace=True)
        return F.relu(self.widen(y) + self.shortcut(x), inplace=True)


def network(a):
    width = a["stemWidth"]
    parts = [NormalizedConvolution(3, width, 3, 1 if a["stem"] == "res_stem_cifar" else 2), nn.ReLU(inplace=True)]
    for stage, depth in enumerate(a["depths"]):
        for block in range(depth):
            stride = a["strides"][stage] if block == 0 else 1
            out = a["widths"][stage]
            parts.append(Block(width, out, stride, a["bottleneckRatios"][stage], a["groupWidths"][stage]))
            width = out
    return nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, a["classes"]))


def main():
    order = json.loads(sys.argv[1])
    torch.set_num_threads(order["threads"])
    torch.manual_seed(0)
    a, batch = order["network"], order["batch"]
    layout = getattr(torch, order["memoryFormat"])
    device = torch.device("cpu" if order.get("gpu") is None else f"cuda:{order['gpu']}")
    # On a GPU float32 means all 23 bits, as it does here.
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = order["precision"] == "tf32"
    torch.backends.cudnn.benchmark = True
    model = network(a).to(device, memory_format=layout)
    images = torch.randn(batch, 3, a["imageSize"], a["imageSize"]).to(device, memory_format=layout)
    labels = (torch.arange(batch) % a["classes"]).to(device)
    # Compiled in the first step.
    forward = torch.compile(model) if order["compiled"] else model
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-5, foreach=True)

    def step():
        optimizer.zero_grad()
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=order["precision"] == "bfloat16"):
            loss = F.cross_entropy(forward(images), labels)
        loss.backward()
        optimizer.step()
        # On a GPU this waits for the step.
        return loss.item()

    for warm_up in range(order["warmUp"]):
        step()
        if warm_up == 0:
            print(json.dumps({"steps": 1}), flush=True)
    start = time.perf_counter()
    for _ in range(order["steps"]):
        step()
    seconds = time.perf_counter() - start
    peak = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"imagesPerSecond": batch * order["steps"] / seconds, "peakBytes": peak}))


main()
