"""Makes pytorch-cases.json: small networks trained for a few steps in PyTorch, float64, in the form of training.json.

    python3 -m venv VENV && VENV/bin/pip install torch numpy && VENV/bin/python pytorch_cases.py > pytorch-cases.json

They cover what training.json does not: every block type, bottleneck ratio and group width, one to four channels, odd and even
sizes, both momentums. Values come from the generator that training.json's use: s <- (1664525 s + 1013904223) mod 2^32,
u = s / 2^31 - 1.
"""
import json, math
import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy, relu

torch.set_default_dtype(torch.float64)


def stream(seed, count):
    values, state = np.empty(count), seed
    for index in range(count):
        state = (1664525 * state + 1013904223) % 2**32
        values[index] = state / 2**31 - 1
    return values


def conv(w_in, w_out, kernel, stride=1, groups=1):
    return nn.Conv2d(w_in, w_out, kernel, stride, kernel // 2, groups=groups, bias=False)


class Bottleneck(nn.Module):
    """1x1, grouped 3x3, 1x1."""

    def __init__(self, w_in, w_out, stride, ratio, group_width):
        super().__init__()
        w = w_out // ratio
        self.a, self.a_bn = conv(w_in, w, 1), nn.BatchNorm2d(w)
        self.b, self.b_bn = conv(w, w, 3, stride, w // group_width), nn.BatchNorm2d(w)
        self.c, self.c_bn = conv(w, w_out, 1), nn.BatchNorm2d(w_out)

    def forward(self, x):
        return self.c_bn(self.c(relu(self.b_bn(self.b(relu(self.a_bn(self.a(x))))))))


class Basic(nn.Module):
    """Two 3x3."""

    def __init__(self, w_in, w_out, stride):
        super().__init__()
        self.a, self.a_bn = conv(w_in, w_out, 3, stride), nn.BatchNorm2d(w_out)
        self.b, self.b_bn = conv(w_out, w_out, 3), nn.BatchNorm2d(w_out)

    def forward(self, x):
        return self.b_bn(self.b(relu(self.a_bn(self.a(x)))))


class Residual(nn.Module):
    def __init__(self, w_in, w_out, stride, function):
        super().__init__()
        self.projects = w_in != w_out or stride != 1
        if self.projects:
            self.proj, self.bn = conv(w_in, w_out, 1, stride), nn.BatchNorm2d(w_out)
        self.f = function

    def forward(self, x):
        return relu((self.bn(self.proj(x)) if self.projects else x) + self.f(x))


class Vanilla(Basic):
    def forward(self, x):
        return relu(super().forward(x))


def block(kind, w_in, w_out, stride, ratio, group_width):
    if kind == "vanilla_block":
        return Vanilla(w_in, w_out, stride)
    if kind == "res_basic_block":
        return Residual(w_in, w_out, stride, Basic(w_in, w_out, stride))
    return Residual(w_in, w_out, stride, Bottleneck(w_in, w_out, stride, ratio, group_width))


class Network(nn.Module):
    def __init__(self, a):
        super().__init__()
        self.stem = nn.ModuleDict({
            "conv": conv(a["channels"], a["stemWidth"], 3, 2 if a["stem"] == "simple_stem_in" else 1),
            "bn": nn.BatchNorm2d(a["stemWidth"]),
        })
        self.names, w_in = [], a["stemWidth"]
        stages = zip(a["depths"], a["widths"], a["strides"], a["bottleneckRatios"], a["groupWidths"])
        for stage, (depth, width, stride, ratio, group_width) in enumerate(stages, 1):
            blocks = nn.ModuleDict()
            for index in range(depth):
                blocks[f"b{index + 1}"] = block(a["blockType"], w_in, width, stride if index == 0 else 1, ratio, group_width)
                w_in = width
            self.add_module(f"s{stage}", blocks)
            self.names.append(f"s{stage}")
        self.head = nn.ModuleDict({"fc": nn.Linear(w_in, a["classes"])})

    def forward(self, x):
        x = relu(self.stem["bn"](self.stem["conv"](x)))
        for name in self.names:
            for layer in self.get_submodule(name).values():
                x = layer(x)
        return self.head["fc"](x.mean((2, 3)))


def initialize(parameters):
    for index, (name, parameter) in enumerate(parameters):
        shape = tuple(parameter.shape)
        values = stream(index + 1, math.prod(shape))
        if len(shape) == 4:
            values *= math.sqrt(3) * math.sqrt(2 / (shape[2] * shape[3] * shape[0]))
        else:
            values = 0.1 * values + (1 if len(shape) == 1 and name.endswith(".weight") else 0)
        parameter.data = torch.from_numpy(values.reshape(shape))


def case(name, architecture, batch, learning_rate, nesterov, smoothing=0.0, weight_decay=5e-5, steps=5):
    a = {"strides": [2] * len(architecture["depths"]), "bottleneckRatios": [1] * len(architecture["depths"]),
         "groupWidths": [1] * len(architecture["depths"]), "blockType": "res_bottleneck_block", "channels": 3, **architecture}
    model = Network(a)
    parameters = list(model.named_parameters())
    initialize(parameters)
    size, channels = a["imageSize"], a["channels"]
    images = torch.from_numpy(stream(12345, batch * channels * size**2).reshape(batch, channels, size, size))
    labels = torch.arange(batch) * 7 % a["classes"]
    optimizer = torch.optim.SGD(model.parameters(), learning_rate, 0.9, weight_decay=weight_decay, nesterov=nesterov)
    losses, first = [], None
    for step in range(steps):
        logits = model(images)
        loss = cross_entropy(logits, labels, label_smoothing=smoothing)
        optimizer.zero_grad()
        loss.backward()
        losses.append(loss.item())
        if first is None:
            first = logits.tolist(), [parameter.grad.norm().item() for _, parameter in parameters]
        optimizer.step()
    model.eval()
    with torch.no_grad():
        final = model(images).tolist()
    return {
        "name": name, "architecture": a, "batchSize": batch, "labelSmoothing": smoothing,
        "optimizer": {"learningRate": learning_rate, "momentum": 0.9, "weightDecay": weight_decay, "nesterov": nesterov,
                      "steps": steps},
        "parameters": [{"name": name, "shape": list(parameter.shape), "firstStepGradientNorm": norm}
                       for (name, parameter), norm in zip(parameters, first[1])],
        "labels": labels.tolist(), "firstStepLogits": first[0], "losses": losses, "evalLogitsAfterTraining": final,
    }


def network(**fields):
    return fields


def main():
    print(json.dumps([
        case("bottleneck 1, 2 and 4, groups from depthwise to full, even size",
             network(stem="res_stem_cifar", stemWidth=8, depths=[1, 2, 1, 1], widths=[16, 16, 32, 32], strides=[1, 2, 2, 1],
                     bottleneckRatios=[1, 2, 4, 2], groupWidths=[1, 4, 8, 16], classes=7, imageSize=16), 12, 0.02, False),
        case("depthwise throughout, odd size, one channel, two classes, Nesterov",
             network(stem="simple_stem_in", stemWidth=8, depths=[1, 1], widths=[16, 24], channels=1, classes=2, imageSize=27),
             10, 0.1, True),
        case("strides of 3 and 4, four channels",
             network(stem="res_stem_cifar", stemWidth=8, depths=[2, 1], widths=[16, 24], strides=[3, 4], bottleneckRatios=[1, 2],
                     groupWidths=[8, 4], channels=4, classes=5, imageSize=26), 9, 0.05, True),
        case("basic residual blocks, two channels, label smoothing",
             network(stem="res_stem_cifar", stemWidth=8, depths=[1, 2], widths=[8, 16], strides=[1, 2],
                     blockType="res_basic_block", channels=2, classes=10, imageSize=14), 11, 0.1, True, smoothing=0.1),
        case("vanilla blocks, heavy weight decay",
             network(stem="simple_stem_in", stemWidth=8, depths=[1, 1], widths=[8, 16], blockType="vanilla_block", classes=4,
                     imageSize=30), 13, 0.1, False, weight_decay=0.05),
        case("a thousand classes, the smallest batch",
             network(stem="simple_stem_in", stemWidth=8, depths=[1], widths=[16], bottleneckRatios=[2], groupWidths=[8], classes=1000,
                     imageSize=20), 2, 0.05, True),
    ]))


if __name__ == "__main__":
    main()
