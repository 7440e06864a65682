"""A trainer that computes nothing: it lasts as long as BENCH_SECONDS says, and leaves all that a trainer can leave."""

import array
import json
import os
import time
from pathlib import Path

folder = Path(os.environ["BEYOND_IMAGENET_RUN"])
run = json.loads((folder / "run.json").read_text())
epochs, classes = run["settings"]["epochs"], len(run["dataset"]["classes"])


def labels(split: str) -> list[int]:
    """The classes of a split's images, as docs/trainers.md says where they are."""
    data = Path(run["dataset"]["path"])
    view = json.loads((data / "manifest.json").read_text())
    parent = data / view["parent"]["directory"]
    of_parent, positions = array.array("H"), array.array("I")
    tables = json.loads((parent / "manifest.json").read_text())["tables"]
    of_parent.frombytes((parent / tables["labels"]["file"]).read_bytes())
    positions.frombytes((data / view["splits"][split]["positions"]["file"]).read_bytes())
    return [view["parent"]["labels"].index(of_parent[position]) for position in positions]


def write(name: str, text: str) -> None:
    (folder / f"{name}.tmp").write_text(text)
    (folder / f"{name}.tmp").rename(folder / name)


for epoch in range(1, epochs + 1):
    time.sleep(float(os.environ["BENCH_SECONDS"]) / epochs)
    with open(folder / "metrics.jsonl", "a") as metrics:
        line = {"epoch": epoch, "epochs": epochs, "loss": 1 / epoch, "validationLoss": 1, "validationTop1Error": 0.5}
        metrics.write(json.dumps(line) + "\n")
    checkpoint = folder / "checkpoints" / f"{epoch:04}.tmp"
    checkpoint.mkdir(parents=True)
    (checkpoint / "state.bin").write_bytes(bytes(200_000))
    checkpoint.rename(checkpoint.with_suffix(""))

test, wrong = labels("test"), 1 + int(run["runKey"], 16) % 7
predicted = [(label + (index < wrong)) % classes for index, label in enumerate(test)]
ranked = [[first, *(name for name in range(classes) if name != first)] for first in predicted]
rows = [[index, label, 0.5, *(names + [""] * 5)[:5]] for index, (label, names) in enumerate(zip(test, ranked))]
header = "index,label,probability,top1,top2,top3,top4,top5\n"
write("predictions.csv", header + "".join(",".join(map(str, row)) + "\n" for row in rows))
(folder / "weights.bin").write_bytes(bytes(200_000))
measured = {"images": len(test), "top1Error": wrong / len(test), "loss": 1}
validation = {"images": run["dataset"]["images"]["validation"], "top1Error": 0.5, "loss": 1}
write("result.json", json.dumps({"outcome": "finished", "test": measured, "validation": validation, "files": {"weights": "weights.bin"}}))
