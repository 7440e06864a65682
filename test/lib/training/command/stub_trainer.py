"""A trainer for tests, of the standard library: it computes nothing of images, and misbehaves as `settings` say.

Its state is a chain of hashes, a link for each epoch, so that a run which was interrupted ends with the numbers of an undisturbed one
only if it went on from the state that it had.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

folder = Path(os.environ["BEYOND_IMAGENET_RUN"])
run = json.loads((folder / "run.json").read_text())
settings = {"epochs": 3, "seconds": 0, "checkpoints": True, "misbehaviour": None, "epoch": 2, "attempts": 1000, **run["settings"]}
epochs = settings["epochs"]


def misbehaves(kind: str, epoch: int) -> bool:
    is_mended = "mended" in settings and Path(settings["mended"]).exists()
    return settings["misbehaviour"] == kind and epoch == settings["epoch"] and run["attempt"] <= settings["attempts"] and not is_mended


def write(name: str, text: str) -> None:
    partial = folder / f"{name}.partial"
    partial.write_text(text)
    partial.rename(folder / name)


def checkpoint(epoch: int, state: str) -> None:
    target = folder / "checkpoints" / f"epoch-{epoch}"
    partial = target.with_name(f"{target.name}.tmp")
    partial.mkdir(parents=True)
    (partial / "state.json").write_text(json.dumps({"epoch": epoch, "state": state}))
    partial.rename(target)


def fraction(state: str) -> float:
    return int(state[:8], 16) / 16**8


def measured(state: str, split: str) -> dict:
    images = run["dataset"]["images"][split]
    errors = round(fraction(hashlib.sha256((state + split).encode()).hexdigest()) * images)
    return {"images": images, "top1Error": errors / images, "loss": 2 * fraction(state)}


def misbehave(epoch: int) -> None:
    if misbehaves("exit", epoch):
        if "failure" in settings:
            write("failure", settings["failure"])
        print("about to end", flush=True)
        sys.exit(settings["code"])
    if misbehaves("exception", epoch):
        raise RuntimeError("the trainer has a bug")
    if misbehaves("signal", epoch):
        os.kill(os.getpid(), settings["code"])
    if misbehaves("disk-full", epoch):
        with open("/dev/full", "w") as file:
            file.write("x" * 100_000)
    if misbehaves("hang", epoch):
        time.sleep(3600)
    if misbehaves("ignore-sigterm", epoch):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print("ignoring SIGTERM", flush=True)
        time.sleep(3600)
    if misbehaves("save-on-sigterm", epoch):
        saving = settings.get("saving", 0)
        signal.signal(signal.SIGTERM, lambda *_: (time.sleep(saving), checkpoint(epoch, "saved"), sys.exit(143)))
        (folder / "ready").touch()
        print("waiting for SIGTERM", flush=True)
        time.sleep(3600)
    if misbehaves("children", epoch):
        own = dict(os.environ)
        for new_session in (False, True):
            child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"], env=own, start_new_session=new_session)
            with open(folder / "children", "a") as file:
                file.write(f"{child.pid}\n")
    if misbehaves("ruin", epoch):
        path = folder / settings["name"]
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        if settings["becomes"] == "file":
            path.write_text("not what belongs here")
        elif settings["becomes"] == "folder":
            (path / "more").mkdir(parents=True)
        print("ruined", flush=True)
        time.sleep(settings["pause"])
        sys.exit(settings["code"])
    if misbehaves("damage", epoch):
        with open(settings["path"], "r+b") as file:
            first = file.read(1)[0]
            file.seek(0)
            file.write(bytes([first ^ 1]))
        print("cannot read the images", flush=True)
        sys.exit(settings["code"])
    if misbehaves("write-files", epoch):
        path = Path(settings["path"])
        path.chmod(0o644)
        path.write_text("changed")


def main() -> None:
    state, start = hashlib.sha256(f"{run['architecture']}{run['seed']}{run['dataset']['digest']}".encode()).hexdigest(), 0
    if run["resume"] is not None:
        saved = json.loads((folder / run["resume"] / "state.json").read_text())
        state, start = saved["state"], saved["epoch"]
    with open(folder / "metrics.jsonl", "a") as metrics:
        for epoch in range(start + 1, epochs + 1):
            time.sleep(settings["seconds"])
            misbehave(epoch)
            if misbehaves("diverge", epoch):
                return write("result.json", json.dumps({"outcome": "diverged", "reason": f"the loss was nan in epoch {epoch}"}))
            state = hashlib.sha256(state.encode()).hexdigest()
            line = {"epoch": epoch, "epochs": epochs, "loss": fraction(state), "validationTop1Error": fraction(state), "norm": epoch}
            metrics.write(json.dumps(line) + "\n")
            metrics.flush()
            if settings["checkpoints"] and epoch < epochs:
                checkpoint(epoch, state)
            if (folder / "stop").exists() and epoch < epochs:
                return
    (folder / "weights.txt").write_text(state)
    print("nearly done", flush=True)
    result = {"outcome": "finished", "test": measured(state, "test"), "validation": measured(state, "validation")}
    result |= {"files": {"weights": "weights.txt"}, "versions": {"stub": "1"}}
    result |= settings.get("result", {})
    if "labels" in settings:
        rows = ["index,label,probability,top1,top2"]
        for index, label in enumerate(settings["labels"]):
            first = 1 - label if index < settings["wrong"] else label
            rows.append(f"{index},{label},0.5,{first},{1 - first}")
        write("predictions.csv", "\n".join(rows) + "\n")
    if settings["misbehaviour"] == "half-a-result":
        (folder / "result.json").write_text(json.dumps(result)[:40])
    elif settings["misbehaviour"] != "no-result":
        write("result.json", settings.get("text") or json.dumps(result))


main()
