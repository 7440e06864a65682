"""Loads a network from safetensors with strict=True into pycls' AnyNet and prints how many test images it gets wrong.

Usage: pycls_anynet.py weights.safetensors images.bin labels.bin [folder of pycls' sources]

images.bin has uint8 [images, size, size, channels], labels.bin uint16 [images]. Without the sources of pycls the modules are built here,
under the names and in the order of pycls/models/anynet.py and blocks.py (bottleneck blocks, both stems).
"""

import json
import sys

import numpy as np
import torch
from torch import nn


def read(path):
    """Tensors and metadata of a safetensors file."""
    data = open(path, "rb").read()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    metadata = header.pop("__metadata__")
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = np.frombuffer(data[start + begin : start + end], dtype="<f4")
        tensors[name] = torch.from_numpy(values.reshape(entry["shape"]).copy())
    return tensors, metadata


class Block(nn.Module):
    """pycls' ResBottleneckBlock with its BottleneckTransform `f`."""

    def __init__(self, width_in, width, stride, ratio, group_width, eps):
        super().__init__()
        inner = round(width / ratio)
        self.proj = None
        if width_in != width or stride != 1:
            self.proj = nn.Conv2d(width_in, width, 1, stride, bias=False)
            self.bn = nn.BatchNorm2d(width, eps)
        self.f = nn.Module()
        self.f.a = nn.Conv2d(width_in, inner, 1, bias=False)
        self.f.a_bn = nn.BatchNorm2d(inner, eps)
        self.f.b = nn.Conv2d(inner, inner, 3, stride, 1, groups=inner // group_width, bias=False)
        self.f.b_bn = nn.BatchNorm2d(inner, eps)
        self.f.c = nn.Conv2d(inner, width, 1, bias=False)
        self.f.c_bn = nn.BatchNorm2d(width, eps)

    def forward(self, x):
        y = torch.relu(self.f.a_bn(self.f.a(x)))
        y = torch.relu(self.f.b_bn(self.f.b(y)))
        y = self.f.c_bn(self.f.c(y))
        return torch.relu(y + (x if self.proj is None else self.bn(self.proj(x))))


class AnyNet(nn.Module):
    def __init__(self, a, channels, classes, eps):
        super().__init__()
        self.stem = nn.Module()
        stride = {"simple_stem_in": 2, "res_stem_cifar": 1}[a["stem"]]
        self.stem.conv = nn.Conv2d(channels, a["stemWidth"], 3, stride, 1, bias=False)
        self.stem.bn = nn.BatchNorm2d(a["stemWidth"], eps)
        width_in = a["stemWidth"]
        stages = zip(a["depths"], a["widths"], a["strides"], a["bottleneckRatios"], a["groupWidths"])
        self.stages = []
        for i, (depth, width, stride, ratio, group_width) in enumerate(stages, 1):
            stage = nn.Module()
            for j in range(1, depth + 1):
                block = Block(width_in, width, stride if j == 1 else 1, ratio, group_width, eps)
                stage.add_module(f"b{j}", block)
                width_in = width
            self.add_module(f"s{i}", stage)
            self.stages.append(f"s{i}")
        self.head = nn.Module()
        self.head.fc = nn.Linear(width_in, classes)

    def forward(self, x):
        x = torch.relu(self.stem.bn(self.stem.conv(x)))
        for name in self.stages:
            for block in getattr(self, name).children():
                x = block(x)
        return self.head.fc(x.mean((2, 3)))


def of_pycls(sources, a, channels, classes, eps):
    """The same by pycls itself."""
    sys.path.insert(0, sources)
    from pycls.core.config import cfg
    from pycls.models.anynet import AnyNet as Theirs

    cfg.BN.EPS = eps
    net = Theirs({
        "stem_type": a["stem"], "stem_w": a["stemWidth"], "block_type": a["blockType"], "depths": a["depths"],
        "widths": a["widths"], "strides": a["strides"], "bot_muls": [1 / r for r in a["bottleneckRatios"]],
        "group_ws": a["groupWidths"], "head_w": 0, "num_classes": classes, "se_r": 0,
    })  # fmt: skip
    if channels != 3:
        # pycls' networks have three channels.
        net.stem.conv = nn.Conv2d(channels, a["stemWidth"], 3, net.stem.conv.stride, 1, bias=False)
    return net


def main(weights, images, labels, *sources):
    tensors, metadata = read(weights)
    architecture = json.loads(metadata["architecture"])
    norm = json.loads(metadata["normalization"])
    classes = len(json.loads(metadata["classes"]))
    size, channels = int(metadata["imageSize"]), len(norm["mean"])
    eps = float(metadata["batchNormEpsilon"])
    net = of_pycls(*sources, architecture, channels, classes, eps) if sources else AnyNet(architecture, channels, classes, eps)
    net.load_state_dict(tensors, strict=True)
    net.eval()
    pixels = torch.from_numpy(np.fromfile(images, np.uint8).reshape(-1, size, size, channels))
    truth = torch.from_numpy(np.fromfile(labels, "<u2").astype(np.int64))
    mean, std = torch.tensor(norm["mean"]), torch.tensor(norm["std"])
    wrong = 0
    with torch.no_grad():
        for start in range(0, len(truth), 500):
            batch = ((pixels[start : start + 500].float() / 255 - mean) / std).permute(0, 3, 1, 2)
            wrong += int((net(batch).argmax(1) != truth[start : start + 500]).sum())
    print(json.dumps({"images": len(truth), "wrong": wrong}))


main(*sys.argv[1:])
