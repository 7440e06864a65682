"""AnyNet in PyTorch, with the modules, names and initialization of pycls (pycls/models/anynet.py): its weights load there with strict=True."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import relu

STEM_STRIDES = {"simple_stem_in": 2, "res_stem_cifar": 1}


class AnyNet(nn.Module):
    """The network of an architecture document of beyond-imagenet: a stem, stages of equal blocks, and a linear head on the global average."""

    def __init__(self, architecture: dict, channels: int, classes: int, *, momentum: float = 0.1, epsilon: float = 1e-5):
        super().__init__()

        def norm(width: int) -> nn.BatchNorm2d:
            return nn.BatchNorm2d(width, eps=epsilon, momentum=momentum)

        width = architecture["stemWidth"]
        self.stem = nn.Module()
        self.stem.conv = convolution(channels, width, 3, STEM_STRIDES[architecture["stem"]])
        self.stem.bn = norm(width)
        block = BLOCKS[architecture.get("blockType", "res_bottleneck_block")]
        stages = zip(*(architecture[of] for of in ("depths", "widths", "strides", "bottleneckRatios", "groupWidths")), strict=True)
        self.stages = []
        for number, (depth, width_out, stride, ratio, group_width) in enumerate(stages, 1):
            stage = nn.Sequential()
            for index in range(depth):
                own = block(width, width_out, stride if index == 0 else 1, ratio, group_width, norm)
                stage.add_module(f"b{index + 1}", own)
                width = width_out
            self.add_module(f"s{number}", stage)
            self.stages.append(f"s{number}")
        self.head = nn.Module()
        self.head.fc = nn.Linear(width, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Logits, float32 [batch, classes], of normalized images [batch, channels, size, size]."""
        x = relu(self.stem.bn(self.stem.conv(x)), inplace=True)
        for name in self.stages:
            x = self.get_submodule(name)(x)
        # The pooled features and the head are float32 if the blocks compute in 16 bits.
        with torch.autocast(x.device.type, enabled=False):
            return self.head.fc(x.mean((2, 3), dtype=torch.promote_types(x.dtype, torch.float32)))


def convolution(width_in: int, width: int, kernel: int, stride: int = 1, groups: int = 1) -> nn.Conv2d:
    return nn.Conv2d(width_in, width, kernel, stride, kernel // 2, groups=groups, bias=False)


class BottleneckTransform(nn.Module):
    """1x1, grouped 3x3 with the stride, 1x1."""

    def __init__(self, width_in, width, stride, ratio, group_width, norm):
        super().__init__()
        inner = width // ratio
        self.a, self.a_bn = convolution(width_in, inner, 1), norm(inner)
        self.b, self.b_bn = convolution(inner, inner, 3, stride, inner // group_width), norm(inner)
        self.c, self.c_bn = convolution(inner, width, 1), norm(width)

    def forward(self, x: Tensor) -> Tensor:
        x = relu(self.a_bn(self.a(x)), inplace=True)
        x = relu(self.b_bn(self.b(x)), inplace=True)
        return self.c_bn(self.c(x))


class BasicTransform(nn.Module):
    """Two 3x3 convolutions, the first with the stride."""

    def __init__(self, width_in, width, stride, _ratio, _group_width, norm):
        super().__init__()
        self.a, self.a_bn = convolution(width_in, width, 3, stride), norm(width)
        self.b, self.b_bn = convolution(width, width, 3), norm(width)

    def forward(self, x: Tensor) -> Tensor:
        return self.b_bn(self.b(relu(self.a_bn(self.a(x)), inplace=True)))


class VanillaBlock(BasicTransform):
    """Two 3x3 convolutions without a shortcut."""

    def forward(self, x: Tensor) -> Tensor:
        return relu(super().forward(x), inplace=True)


class ResidualBlock(nn.Module):
    """A transform beside a shortcut, which is projected where shapes differ."""

    transform: type[nn.Module]

    def __init__(self, width_in, width, stride, ratio, group_width, norm):
        super().__init__()
        self.is_projected = width_in != width or stride != 1
        if self.is_projected:
            self.proj, self.bn = convolution(width_in, width, 1, stride), norm(width)
        self.f = self.transform(width_in, width, stride, ratio, group_width, norm)

    def forward(self, x: Tensor) -> Tensor:
        shortcut = self.bn(self.proj(x)) if self.is_projected else x
        return relu(shortcut + self.f(x), inplace=True)


class BottleneckBlock(ResidualBlock):
    transform = BottleneckTransform


class BasicBlock(ResidualBlock):
    transform = BasicTransform


BLOCKS = {"res_bottleneck_block": BottleneckBlock, "res_basic_block": BasicBlock, "vanilla_block": VanillaBlock}


@torch.no_grad()
def initialize(network: AnyNet, random: np.random.Generator) -> None:
    """Weights as pycls draws them: convolutions normal with std sqrt(2 / (kernel^2 width)), linear normal with std 0.01, batch norm 1 and 0."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            fan_out = module.kernel_size[0] * module.kernel_size[1] * module.out_channels
            module.weight.copy_(normal(random, module.weight.shape, math.sqrt(2 / fan_out)))
        elif isinstance(module, nn.Linear):
            module.weight.copy_(normal(random, module.weight.shape, 0.01))
            module.bias.zero_()


def normal(random: np.random.Generator, shape, std: float) -> Tensor:
    return torch.from_numpy((std * random.standard_normal(tuple(shape))).astype(np.float32))
