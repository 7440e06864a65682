"""Trains or fine-tunes one model of timm on one dataset of a beyond-imagenet study: README.md describes specs and settings."""

import math

import numpy as np
from beyond_imagenet import BAD_DATA, TRY_LATER, UNSUITABLE, Run

run = Run()
try:
    import timm
    import torch
    from safetensors.torch import save_file
    from timm.optim import create_optimizer_v2
    from torch.nn import functional as F
except ImportError as error:
    run.fail(f"this machine's python3 lacks a package: {error}", UNSUITABLE)

DEFAULTS = {
    "epochs": 10,
    "batchSize": 64,
    "imageSize": run.image_size,
    "pretrained": False,
    "train": "all",
    "opt": "adamw",
    "lr": 1e-3,
    "weightDecay": 0.05,
    "momentum": 0.9,
    "warmupEpochs": 1,
    "labelSmoothing": 0.0,
    "cropArea": [0.5, 1.0],
    "flip": True,
    "bfloat16": False,
}
if unknown := sorted(set(run.settings) - set(DEFAULTS)):
    run.fail(f"protocol.settings must be of {', '.join(DEFAULTS)}, got {', '.join(unknown)}", BAD_DATA)
settings = {**DEFAULTS, **run.settings}
device = torch.device(run.device)
torch.set_num_threads(run.threads)
spec = run.spec if isinstance(run.spec, dict) else {"model": run.spec or run.name}


def create_model() -> torch.nn.Module:
    if spec["model"].split(".")[0] not in timm.list_models():
        run.fail(f"{spec['model']} must be a model of timm {timm.__version__}", BAD_DATA)
    torch.manual_seed(run.seed)
    fixed = {"in_chans": run.channels, "num_classes": len(run.classes), **spec.get("arguments", {})}
    try:
        model = timm.create_model(spec["model"], pretrained=settings["pretrained"], **fixed)
    except OSError as error:
        run.fail(f"the weights of {spec['model']} are not on this machine, and could not be downloaded: {error}", TRY_LATER)
    if settings["train"] == "head":
        model.requires_grad_(False)
        model.get_classifier().requires_grad_(True)
    return model.to(device, memory_format=torch.channels_last)


def normalization() -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and standard deviation of each channel: those that pretrained weights expect, else those of the dataset."""
    images, expected = run.dataset("train"), model.pretrained_cfg
    is_known = settings["pretrained"] and run.channels == 3
    mean, std = (expected["mean"], expected["std"]) if is_known else (images.mean.tolist(), images.std.tolist())
    return torch.tensor(mean, device=device)[:, None, None], torch.tensor(std, device=device)[:, None, None]


def load(images, indices) -> torch.Tensor:
    """Normalized images, float32 [images, channels, size, size]: the central square of each, resized."""
    size = settings["imageSize"]

    def fitted(pixels: np.ndarray) -> torch.Tensor:  # [n, height, width, channels]
        height, width = pixels.shape[1:3]
        short, y, x = min(height, width), max(0, height - width) // 2, max(0, width - height) // 2
        square = torch.from_numpy(pixels[:, y : y + short, x : x + short]).to(device).permute(0, 3, 1, 2).float() / 255
        return square if short == size else F.interpolate(square, (size, size), mode="bilinear", antialias=True)

    pixels = images.images(indices)
    batch = torch.cat([fitted(one[None]) for one in pixels]) if isinstance(pixels, list) else fitted(pixels)
    return ((batch - mean) / std).contiguous(memory_format=torch.channels_last)


def augmented(batch: torch.Tensor, random: np.random.Generator) -> torch.Tensor:
    """A random square of each image, resized, and mirrored half of the time."""
    count = len(batch)
    side = np.sqrt(random.uniform(*settings["cropArea"], count))
    theta = np.zeros((count, 2, 3))
    theta[:, 1, 1] = side
    theta[:, 0, 0] = side * np.where(random.random(count) < 0.5, -1, 1) if settings["flip"] else side
    theta[:, :, 2] = random.uniform(-1, 1, (count, 2)) * (1 - side)[:, None]
    grid = F.affine_grid(torch.tensor(theta, dtype=torch.float32, device=device), batch.shape, align_corners=False)
    return F.grid_sample(batch, grid, padding_mode="reflection", align_corners=False)


@torch.no_grad()
def predict(split: str) -> np.ndarray:
    """Logits of the images of a split, float32 [images, classes]. What the last step has made infinite shows only here."""
    images = run.dataset(split)
    model.eval()
    parts = np.array_split(np.arange(len(images)), max(1, math.ceil(len(images) / 256)))
    logits = np.concatenate([model(load(images, part)).float().cpu().numpy() for part in parts])
    if not np.isfinite(logits).all():
        run.diverged(f"the logits of the {split} images were not finite")
    return logits


def learning_rate(time: float) -> float:
    """At a time in epochs: half a cosine to 0, after a linear warm-up."""
    warm_up = min(1, time / settings["warmupEpochs"]) if settings["warmupEpochs"] > 0 else 1
    return settings["lr"] * warm_up * (1 + math.cos(math.pi * time / settings["epochs"])) / 2


model = create_model()
mean, std = normalization()
optimizer = create_optimizer_v2(
    model, opt=settings["opt"], lr=settings["lr"], weight_decay=settings["weightDecay"], momentum=settings["momentum"]
)
first, train, validation = 0, run.dataset("train"), None
if checkpoint := run.resume():
    state = torch.load(checkpoint / "state.pt", map_location=device, weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    first = state["epochs"]

for epoch in range(first, settings["epochs"]):
    # What an epoch draws depends on seed and epoch alone, so that a run that goes on later draws the same.
    random = np.random.default_rng([run.seed, epoch])
    torch.manual_seed(int(random.integers(2**31)))
    batches, losses = train.batches(settings["batchSize"], seed=run.seed, epoch=epoch), []
    model.train()
    for step, batch in enumerate(batches):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(epoch + step / len(batches)) * group.get("lr_scale", 1)
        images, labels = augmented(load(train, batch), random), torch.from_numpy(train.labels[batch]).to(device)
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=settings["bfloat16"]):
            loss = F.cross_entropy(model(images), labels, label_smoothing=settings["labelSmoothing"])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if not math.isfinite(losses[-1]):
            run.diverged(f"the loss was {losses[-1]} at step {step + 1} of epoch {epoch + 1}")
        run.alive()
    if len(run.dataset("validation")) > 0:
        validation = run.score("validation", logits=predict("validation"))
    shown = {"validation_loss": validation["loss"], "validation_top1_error": validation["top1Error"]} if validation else {}
    run.report(epoch=epoch + 1, epochs=settings["epochs"], training_loss=np.mean(losses), **shown)
    if epoch + 1 < settings["epochs"]:
        with run.checkpoint(epoch + 1) as folder:
            torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epochs": epoch + 1}, folder / "state.pt")
        if run.stopping:
            run.stop()

save_file({name: value.contiguous() for name, value in model.state_dict().items()}, run.folder / "model.safetensors")
versions = {"timm": timm.__version__, "torch": torch.__version__}
run.finish(logits=predict("test"), validation=validation, weights="model.safetensors", versions=versions)
