"""Shows on a machine, in one go, that this trainer computes what it should there, and how fast:

    PYTHONPATH=python python3 trainers/anynet-torch/prove.py [golden] [resume] [options] [speed] [--device cuda]

- golden: networks that PyTorch trained elsewhere come out with the same numbers, in both memory layouts;
- resume: a run that is killed twice and goes on ends like one that was not: on a CPU with the same bits;
- options: memory layouts, and torch.compile, end with errors as they should;
- speed: images per second of a training step of the five study networks, in each precision and layout.

Prints a line of JSON for each finding, and exits with 1 if one of the first three fails.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from anynet import AnyNet, initialize
from golden import TOLERANCES, differences
from synthetic import write_dataset, write_run
from torch.nn.functional import cross_entropy

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
LAYOUTS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checks", nargs="*", choices=["golden", "resume", "options", "speed"], help="all by default")
    parser.add_argument("--repository", type=Path, default=REPOSITORY, help="checkout of beyond-imagenet")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--networks", type=int, nargs="+", default=range(5), help="which of the study networks, from 0")
    parser.add_argument("--batch", type=int, default=256, help="images in a step of the study networks")
    parser.add_argument("--image-size", type=int, default=224, help="pixels that the study networks see")
    parser.add_argument("--seconds", type=float, default=3, help="that each speed is measured for")
    parser.add_argument("--compile", action="store_true", help="measure speeds with torch.compile, too")
    arguments = parser.parse_args()
    device = torch.device(arguments.device)
    tell(what="machine", torch=torch.__version__, device=device_name(device), threads=torch.get_num_threads())
    agrees = True
    for check in arguments.checks or ["golden", "resume", "options", "speed"]:
        if check == "golden":
            agrees &= check_golden(device, arguments.repository)
        elif check == "resume":
            agrees &= check_resume(arguments.device)
        elif check == "options":
            agrees &= check_options(arguments.device)
        else:
            measure_speed(device, arguments)
    sys.exit(0 if agrees else 1)


def tell(**finding) -> None:
    print(json.dumps(finding), flush=True)


def device_name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu"


def check_golden(device: torch.device, repository: Path) -> bool:
    """All cases in double precision, where the graph alone decides; in float32 the one that rounding disturbs least."""
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    folder = repository / "test/lib/training/golden"
    cases = [case for name in ("training", "pytorch-cases") for case in json.loads((folder / f"{name}.json").read_text())]
    robust = json.loads((repository / "runtime/doctor/golden-case.json").read_text())
    agrees = True
    for case, dtype in [*((case, torch.float64) for case in cases), (robust, torch.float32)]:
        for name, layout in LAYOUTS.items():
            found = differences(case, device, layout, dtype)
            is_within = all(value <= TOLERANCES[dtype][measure] for measure, value in found.items())
            agrees &= is_within
            tell(what="golden", case=case["name"], layout=name, dtype=str(dtype), agrees=is_within, **found)
    return agrees


SETTINGS = {
    "epochs": 3,
    "batchSize": 16,
    "optimizer": {"learningRate": 0.1, "momentum": 0.9, "nesterov": True, "weightDecay": 5e-5},
    "schedule": {"kind": "cosine", "per": "step", "warmupEpochs": 1, "warmupFactor": 0.1, "minimumFactor": 0, "stepEpochs": [], "stepFactor": 0.1},
    "labelSmoothing": 0.1,
    "batchNorm": {"momentum": 0.1, "epsilon": 1e-5, "preciseImages": 100},
    "augmentation": {
        "crop": {"kind": "random-sized", "area": [0.3, 1], "aspectRatio": [0.75, 1.3333]},
        "horizontalFlip": False,
        "pcaLighting": 0.1,
    },
    "imageSize": 32,
    "testShortSide": 36,
    "xla": False,
}


def check_resume(device: str) -> bool:
    """A run that is killed within an epoch, twice, and goes on from its checkpoints, against one that is left alone."""
    agrees = True
    precisions = ["float32"] if device == "cpu" else ["float32", "tf32", "bfloat16", "float16"]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        dataset = write_dataset(folder)
        for precision in precisions:
            settings = {**SETTINGS, "precision": precision}
            undisturbed = train(folder / f"{precision}-undisturbed", dataset, settings, device, kills=0)
            killed = train(folder / f"{precision}-killed", dataset, settings, device, kills=2)
            errors = [run["result"]["test"]["top1Error"] for run in (undisturbed, killed)]
            is_same = undisturbed["weights"] == killed["weights"]
            is_alike = abs(errors[0] - errors[1]) <= 0.15 and max(errors) < 0.5
            agrees &= is_same if device == "cpu" else is_alike
            tell(what="resume", precision=precision, sameBits=is_same, errors=errors, killedAt=killed["killedAt"])
    return agrees


def check_options(device: str) -> bool:
    """The same run with each option, which changes how the numbers are computed but not what they are but for rounding."""
    agrees, expected = True, None
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        dataset = write_dataset(folder)
        for options in (["--layout", "contiguous"], ["--layout", "auto"], ["--layout", "channels_last", "--compile"]):
            settings = {**SETTINGS, "precision": "float32"}
            result = train(folder / "-".join(options), dataset, settings, device, 0, options)["result"]
            error = result["test"]["top1Error"]
            expected = error if expected is None else expected
            is_alike = abs(error - expected) <= 0.1 and error < 0.5
            agrees &= is_alike
            layout, compiled = result["versions"]["memoryLayout"], result["versions"]["compile"]
            tell(what="options", options=options, agrees=is_alike, error=error, layout=layout, compile=compiled)
    return agrees


def train(
    folder: Path,
    dataset: Path,
    settings: dict,
    device: str,
    kills: int,
    options: Sequence[str] = ("--layout", "channels_last"),
) -> dict:
    """Carries out a run as a worker does, and kills it so many times; each time it goes on from its newest checkpoint."""
    given = {"kind": "gpu", "index": 0} if device == "cuda" else {"kind": "cpu", "threads": 2}
    command = [sys.executable, str(HERE / "train.py"), *options, "--checkpoint-minutes", "0"]
    environment = {**os.environ, "BEYOND_IMAGENET_RUN": str(folder)}
    killed_at: list[str] = []
    while True:
        checkpoints = names(folder)
        write_run(folder, dataset, settings, given, f"checkpoints/{checkpoints[-1]}" if checkpoints else None)
        process = subprocess.Popen(command, env=environment)
        try:
            while len(killed_at) < kills and process.poll() is None and len(names(folder)) < len(checkpoints) + 6:
                time.sleep(0.01)
            if len(killed_at) < kills and process.poll() is None:
                process.send_signal(signal.SIGKILL)
                killed_at.append(names(folder)[-1])
        finally:
            code = process.wait()
        if code == 0:
            break
        assert code == -signal.SIGKILL, f"the trainer ended with {code}"
    assert len(killed_at) == kills, "the run ended before it was killed: its epochs must be longer"
    weights = next(folder.glob("weights.*")).read_bytes()
    return {"result": json.loads((folder / "result.json").read_text()), "weights": weights, "killedAt": killed_at}


def names(folder: Path) -> list[str]:
    checkpoints = folder / "checkpoints"
    return sorted(path.name for path in checkpoints.iterdir() if path.suffix != ".tmp") if checkpoints.exists() else []


def measure_speed(device: torch.device, arguments: argparse.Namespace) -> None:
    torch.backends.cudnn.benchmark = True
    networks = json.loads((arguments.repository / "bench/training/study-architectures.json").read_text())
    precisions = ["float32", "bfloat16"] if device.type == "cpu" else ["float32", "tf32", "bfloat16"]
    for index in arguments.networks:
        for precision in precisions:
            for layout in LAYOUTS:
                for is_compiled in [False, True] if arguments.compile else [False]:
                    how = {"network": index, "precision": precision, "layout": layout, "compiled": is_compiled}
                    try:
                        tell(what="speed", **how, **images_per_second(networks[index], device, how, arguments))
                    except torch.OutOfMemoryError as error:
                        tell(what="speed", **how, failure=str(error).splitlines()[0])
                    gc.collect()
                    if device.type == "cuda":
                        torch.cuda.empty_cache()


def images_per_second(architecture: dict, device: torch.device, how: dict, arguments: argparse.Namespace) -> dict:
    """Of training steps on images that are there already: forward, backward and optimizer."""
    import numpy as np

    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = how["precision"] == "tf32"
    form = LAYOUTS[how["layout"]]
    network = AnyNet(architecture, 3, architecture["classes"])
    initialize(network, np.random.default_rng(0))
    network.to(device).to(memory_format=form)
    forward = torch.compile(network) if how["compiled"] else network
    optimizer = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-5, nesterov=True)
    size = arguments.image_size
    images = torch.randn(arguments.batch, 3, size, size, device=device).contiguous(memory_format=form)
    labels = torch.arange(arguments.batch, device=device) % architecture["classes"]

    def step() -> None:
        optimizer.zero_grad()
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=how["precision"] == "bfloat16"):
            loss = cross_entropy(forward(images), labels)
        loss.backward()
        optimizer.step()

    def wait() -> None:
        if device.type == "cuda":
            torch.cuda.synchronize()

    for _ in range(3):
        step()
    wait()
    steps, start = 0, time.perf_counter()
    while steps < 3 or time.perf_counter() - start < arguments.seconds:
        for _ in range(3):
            step()
        wait()
        steps += 3
    seconds = time.perf_counter() - start
    peak = {"peakBytes": torch.cuda.max_memory_allocated()} if device.type == "cuda" else {}
    return {"imagesPerSecond": round(arguments.batch * steps / seconds, 1), **peak}


if __name__ == "__main__":
    main()
