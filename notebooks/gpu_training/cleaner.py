"""Trains the embedded cleaners by what the frozen model makes of their pictures (docs/training.md).

    jobs/bench TrainingPrograms BUNDLE networks.py
    python3 cleaner.py --networks networks.py --bundle BUNDLE --trunk ... --heads ... --photos DIR --holdout DIR \\
        --out DIR --scale 1 --stage direct,192,16,1500,5e-4 --stage through,192,6,4000,3e-4

A stage is kind,side,count,seconds,rate. `direct` learns the ground truth reduced to the size that the model is
given, `through` what the model makes of it as well. OUT gets state.pt every minute, where --resume goes on, and
cleaner.safetensors (fp32, moving averages), which stage kind `cleaner-export` makes the shipped files of.
"""

import argparse
import glob
import math
import os
import time

import cv2
import numpy as np
import torch
import torch.nn.functional as F

import patches
import restorer as r
import train

SLOPE = 0.25
# What a step may count for: a process that was stopped for a while goes on where it was.
MOST_SECONDS = 20.0
# As io.stablesr.restore.PreCleaningUpscaler: a x4 network's picture is reduced by 2, that of x1 stays.
REDUCTION = {1: 1, 4: 2}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", required=True)
    parser.add_argument("--bundle", required=True, help="folder of the model that stays as it is")
    parser.add_argument("--trunk", required=True, help="SqueezeNet 1.1 as features.*, safetensors, Caffe's input")
    parser.add_argument("--heads", required=True, help="LPIPS 0.1's heads for SqueezeNet, .pth")
    parser.add_argument("--photos", required=True)
    parser.add_argument("--holdout", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--stage", action="append", required=True)
    parser.add_argument("--scale", type=int, default=1, choices=sorted(REDUCTION))
    parser.add_argument("--channels", type=int, default=64)
    parser.add_argument("--convolutions", type=int, default=16)
    parser.add_argument("--init", help="a cleaner.safetensors to go on from")
    parser.add_argument("--presets", nargs="+", default=["heavy", "heavy", "real-esrgan", "stablesr", "light"])
    parser.add_argument("--perceptual", type=float, default=15.0, help="weight of LPIPS of the model's picture")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", default="bf16", choices=["bf16", "fp32"])
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resume", action="store_true")
    return parser.parse_args()


def fresh(channels, convolutions, scale):
    """As io.stablesr.train.CleanerStart: the middle hands every channel on, the last begins small."""
    values, into = {}, 3
    for layer in range(convolutions + 2):
        last = layer == convolutions + 1
        out = 3 * scale**2 if last else channels
        share = 1.0 if layer == 0 else 0.1 if last else 0.25
        weight = torch.randn(out, into, 3, 3) * share * math.sqrt(2 / ((1 + SLOPE**2) * into * 9))
        if 0 < layer <= convolutions:
            weight[:, :, 1, 1] += torch.eye(channels)
        values["body.%d.weight" % (2 * layer)] = weight
        values["body.%d.bias" % (2 * layer)] = torch.zeros(out)
        if not last:
            values["body.%d.weight" % (2 * layer + 1)] = torch.full((channels,), SLOPE)
        into = out
    return values


def cleaned(W, poor, dtype):
    """What the model is given for pictures [N,3,h,w] in 0..1: [N,3,h,w] of x1, [N,3,2h,2w] of x4."""
    x, last = poor.to(dtype), max(int(name.split(".")[1]) for name in W)
    for index in range(0, last + 1, 2):
        x = F.conv2d(x, W["body.%d.weight" % index], W["body.%d.bias" % index], padding=1)
        if index < last:
            x = F.prelu(x, W["body.%d.weight" % (index + 1)])
    scale = math.isqrt(x.shape[1] // 3)
    x = F.pixel_shuffle(x.float(), scale) + F.interpolate(poor, scale_factor=scale, mode="nearest")
    if REDUCTION[scale] == 1:
        return x
    return F.interpolate(x, scale_factor=1 / REDUCTION[scale], mode="bicubic", antialias=True, align_corners=False)


def enlarged(picture, shape):
    """From 0..1 to the model's input in -1..1."""
    return F.interpolate(2 * picture - 1, shape, mode="bicubic", align_corners=False).clamp(-1, 1)


def restored(model, W, source, noise, w, timesteps):
    z, feature = model.encode(source)
    decoded = model.decode(W, model.sample(W, z, noise, timesteps), feature, w)
    return decoded + r.low_frequencies(source - decoded)


def halves(pair, device):
    """8-bit pairs as truth [N,3,S,S] in -1..1 and the poor picture [N,3,S/4,S/4] in 0..1."""
    good, poor = (x.to(device).permute(0, 3, 1, 2).float().contiguous() for x in pair)
    return good / 127.5 - 1, poor / 255


@torch.no_grad()
def validate(model, fixed, weights, sets, device):
    W = {name: view.to(model.dtype) for name, view in weights.views(weights.average).items()}
    said = []
    for name, pair in sets.items():
        sums, count = {"off": [0.0, 0.0], "on": [0.0, 0.0]}, pair[0].shape[0]
        generator = torch.Generator().manual_seed(77)
        for i in range(0, count, 6):
            truth, poor = halves([half[i : i + 6] for half in pair], device)
            n = truth.shape[0]
            noise = torch.randn(n, 4, truth.shape[2] // 4, truth.shape[3] // 4, generator=generator).to(device)
            w = torch.full((n, 1, 1, 1), 0.5, device=device)
            for choice, given in (("off", poor), ("on", cleaned(W, poor, model.dtype))):
                made = restored(model, fixed, enlarged(given, truth.shape[2:]), noise, w, (999,)).clamp(-1, 1)
                error = ((r.inside(made) - r.inside(truth)) * 127.5).square().mean((1, 2, 3))
                sums[choice][0] += (20 * math.log10(255) - 10 * error.log10()).sum().item() / count
                sums[choice][1] += model.unlike(r.inside(made), r.inside(truth), w * 0 + 1).item() * n / count
        said.append(name + " " + " ".join("%s %.3f dB %.4f" % (choice, *sums[choice]) for choice in sums))
    return "; ".join(said)


def save(args, weights, place):
    if not torch.isfinite(weights.average).all():
        raise SystemExit("The weights are not finite; lower the rate of the stage.")
    r.write_safetensors(os.path.join(args.out, "cleaner.safetensors"), weights.views(weights.average), "F32")
    kept = ("master", "first", "second", "average")
    state = {name: getattr(weights, name) for name in kept} | {"steps": weights.steps, "place": place}
    torch.save(state, os.path.join(args.out, "state.part"))
    os.replace(os.path.join(args.out, "state.part"), os.path.join(args.out, "state.pt"))


def resumed(args, weights):
    """Where the last run was: number of the stage, and its seconds and steps done."""
    path = os.path.join(args.out, "state.pt")
    if not args.resume or not os.path.exists(path):
        return 1, 0.0
    state = torch.load(path, weights_only=True)
    for name in ("master", "first", "second", "average"):
        getattr(weights, name).copy_(state[name])
    weights.steps = state["steps"]
    if weights.low is not None:
        weights.low.copy_(weights.master)
    return state["place"]


def train_stage(args, model, fixed, weights, presets, number, stage, done):
    kind, side, count, seconds, rate = stage[0], int(stage[1]), int(stage[2]), float(stage[3]), float(stage[4])
    device = torch.device(args.device)
    loader = torch.utils.data.DataLoader(
        patches.Patches(args.photos, side, count, presets, args.seed + 1000 * number + int(done)),
        batch_size=None,
        num_workers=args.workers,
        prefetch_factor=4 if args.workers else None,
    )
    elapsed, steps, sums = done, 0, {}
    now = said = saved = time.monotonic()
    for pair in loader:
        before, now = now, time.monotonic()
        elapsed += min(now - before, MOST_SECONDS)
        if elapsed >= seconds:
            break
        now_rate = rate * min(1, (steps + 1) / 50) * (0.02 + 0.49 * (1 + math.cos(math.pi * elapsed / seconds)))
        truth, poor = halves(pair, device)
        given = cleaned(weights.leaves, poor, model.dtype)
        small = F.interpolate(truth, given.shape[2:], mode="bicubic", antialias=True, align_corners=False)
        values = {"direct": r.levels_and_slopes(2 * given - 1, small, 0.5)}
        loss = values["direct"]
        if kind == "through":
            noise = torch.randn(count, 4, side // 4, side // 4, device=device)
            w = torch.rand(count, 1, 1, 1, device=device)
            made = restored(model, fixed, enlarged(given, truth.shape[2:]), noise, w, (999,))
            values["made"] = r.levels_and_slopes(made, truth, 0.5)
            top, left = np.random.randint(r.TRUNK_STRIDE, size=2)
            shift = (..., slice(top, None), slice(left, None))
            values["perceptual"] = model.unlike(r.inside(made)[shift], r.inside(truth)[shift], w * 0 + 1)
            loss = 0.5 * loss + values["made"] + args.perceptual * values["perceptual"]
        loss.backward()
        values["norm"] = weights.step(now_rate)
        steps += 1
        for name, value in values.items():
            sums.setdefault(name, []).append(float(value.detach()))
        if now - said > 30:
            figures = " ".join("%s %.4g" % (name, np.mean(of)) for name, of in sums.items())
            print("stage %d %s step %d %.0f s rate %.2g %s" % (number, kind, steps, elapsed, now_rate, figures), flush=True)
            sums, said = {}, now
        if now - saved > 60:
            save(args, weights, (number, elapsed))
            saved = now
    print("stage %d done: %d steps of %d pieces of %d px" % (number, steps, count, side), flush=True)


def main():
    args = arguments()
    os.makedirs(args.out, exist_ok=True)
    torch.manual_seed(args.seed)
    np.random.seed(args.seed)
    device = torch.device(args.device)
    dtype = torch.bfloat16 if args.dtype == "bf16" else torch.float32
    networks = r.load_module(args.networks)
    values = r.read_safetensors(args.trunk)
    for path in sorted(glob.glob(os.path.join(args.bundle, "*.safetensors"))):
        values |= r.read_safetensors(path)
    heads = torch.load(args.heads, map_location="cpu", weights_only=True)
    heads = [heads["lin%d.model.1.weight" % i].float().reshape(1, -1, 1, 1) for i in range(7)]
    model = r.Restorer(networks, values, heads, device, dtype)
    start = r.read_safetensors(args.init) if args.init else fresh(args.channels, args.convolutions, args.scale)
    weights = r.Weights(start, device, dtype)
    presets = train.presets_of(networks, args.presets)
    sets = {
        name: train.validation_set(args, train.presets_of(networks, [name]), 24, 256)
        for name in ("heavy", "stablesr", "light")
    }
    first, done = resumed(args, weights)
    if done == 0:
        print("before:", validate(model, model.fixed, weights, sets, device), flush=True)
    for number, text in enumerate(args.stage, 1):
        if number < first:
            continue
        train_stage(args, model, model.fixed, weights, presets, number, text.split(","), done)
        done = 0.0
        save(args, weights, (number + 1, 0.0))
        print("stage %d:" % number, validate(model, model.fixed, weights, sets, device), flush=True)


if __name__ == "__main__":
    main()
