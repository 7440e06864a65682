"""What trainers/anynet-torch computes for the questions in a JSON file, as JSON: anynet-torch.soak.ts compares it with the built-in engine."""

import json
import sys

import numpy as np
import torch
from augmentation import draw
from sampling import Framing, Pixels, central_crops, sample
from schedule import learning_rate

questions = json.load(open(sys.argv[1], encoding="utf-8"))


def sampled(question):
    height, width, channels = question["shape"]
    flat = torch.tensor(question["pixels"], dtype=torch.uint8).reshape(-1, channels)
    pixels = Pixels(flat, np.array([0]), np.array([height]), np.array([width]))
    framing = Framing(question["size"], question["size"], question["taps"], question["edge"])
    if "shortSide" in question:
        crops = central_crops(pixels.heights, pixels.widths, question["shortSide"], question["size"])
    else:
        crops = np.array([question["crop"]], dtype=np.float64)
    values, coverage = sample(pixels, crops, np.array([question["flip"]]), framing)
    return {"values": values.flatten().tolist(), "coverage": coverage if coverage is None else coverage.flatten().tolist()}


def drawn(question):
    """Means and standard deviations of the edges of crops, of flips, and of lighting."""
    count = question["count"]
    sizes = np.full(count, question["height"]), np.full(count, question["width"])
    crops, flips, lighting = draw(
        np.random.default_rng(1), question["augmentation"], *sizes, question["size"], question["pca"]
    )
    columns = np.concatenate([crops, flips[:, None], lighting], axis=1)
    return {"means": columns.mean(0).tolist(), "deviations": columns.std(0).tolist()}


print(
    json.dumps(
        {
            "rates": [learning_rate(*question) for question in questions["rates"]],
            "samples": [sampled(question) for question in questions["samples"]],
            "draws": [drawn(question) for question in questions["draws"]],
        }
    )
)
