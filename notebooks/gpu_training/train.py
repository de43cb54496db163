"""Trains the embedded model where there are a GPU and PyTorch but no JVM (docs/training.md).

    jobs/bench TrainingPrograms BUNDLE networks.py
    python3 train.py --networks networks.py --init diffusion.safetensors autoencoder.safetensors --trunk ... \\
        --heads ... --photos DIR --holdout DIR --out DIR --stage 128,32,235,5e-4,15,0.1 --stage ...

A stage is side,count,seconds,rate,perceptual,adversarial: it ends by the clock, and its rate falls with it. The
moving averages are written to OUT as diffusion.safetensors and autoencoder.safetensors (fp16), which stage kind
`export` makes a bundle of.
"""

import argparse
import glob
import math
import os
import random
import time

import cv2
import numpy as np
import torch

import patches
import restorer as r


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", required=True)
    parser.add_argument("--init", nargs="+", required=True)
    parser.add_argument("--trunk", required=True, help="SqueezeNet 1.1 as features.*, safetensors, Caffe's input")
    parser.add_argument("--heads", required=True, help="LPIPS 0.1's heads for SqueezeNet, .pth")
    parser.add_argument("--photos", required=True)
    parser.add_argument("--holdout", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--stage", action="append", required=True)
    parser.add_argument("--presets", nargs="+", default=["stablesr", "light"])
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--dtype", default="bf16", choices=["bf16", "fp32"])
    parser.add_argument("--workers", type=int, default=max(1, (os.cpu_count() or 2) - 2))
    parser.add_argument("--discriminator", type=int, default=64, help="channels of its first convolution")
    parser.add_argument("--full-share", type=float, default=0.5, help="of w = 1 where there is fusion")
    parser.add_argument("--gradient", type=float, default=1.0, help="weight of differences between neighbours")
    parser.add_argument("--start", type=int, default=300, help="steps of the discriminator before it counts")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def presets_of(networks, names):
    chosen = [dict(networks.PRESETS[name]) for name in names]
    for preset in chosen:
        preset["sharpening"] = None
    return chosen


def validation_set(args, presets, count, side):
    rng = np.random.default_rng(77)
    pairs = []
    names = sorted(glob.glob(os.path.join(args.holdout, "*.*")))
    photos = [photo[..., ::-1] for photo in map(cv2.imread, names) if photo is not None]
    if not photos:
        raise SystemExit("There is no photograph in %s; set --holdout." % args.holdout)
    for i in range(count):
        pairs.append(patches.patch(rng, photos[i % len(photos)], side, presets))
    return tuple(torch.from_numpy(np.stack(half)) for half in zip(*pairs))


@torch.no_grad()
def validate(model, weights, pair, device):
    """PSNR and LPIPS of bicubic, w = 0 and w = 1 with the averaged weights."""
    W = {name: view.to(model.dtype) for name, view in weights.views(weights.average).items()}
    sums, count = {}, pair[0].shape[0]
    generator = torch.Generator().manual_seed(77)
    for i in range(0, count, 8):
        source, truth = r.pictures([half[i : i + 8] for half in pair], device)
        one = torch.ones(source.shape[0], 1, 1, 1, device=device)
        z, feature = model.encode(source)
        noise = torch.randn(z.shape, generator=generator).to(device)
        latent = model.sample(W, z, noise)
        made = {"bicubic": source}
        for name, w in (("w0", None), ("w1", one)):
            decoded = model.decode(W, latent, feature, w)
            made[name] = decoded + r.low_frequencies(source - decoded)
        for name, picture in made.items():
            picture = r.inside(picture.clamp(-1, 1))
            error = ((picture - r.inside(truth)) * 127.5).square().mean((1, 2, 3))
            psnr = (20 * math.log10(255) - 10 * error.log10()).sum().item()
            lpips = model.unlike(picture, r.inside(truth), one).item() * source.shape[0]
            sums.setdefault(name, [0.0, 0.0])
            sums[name][0] += psnr / count
            sums[name][1] += lpips / count
    return " ".join("%s %.3f dB %.4f" % (name, *values) for name, values in sums.items())


def save(args, weights):
    """The moving averages, in files of the same names and tensors as those of --init."""
    if not torch.isfinite(weights.average).all():
        raise SystemExit("The weights are not finite; lower the rate of the stage.")
    averages = weights.views(weights.average)
    for path in args.init:
        tensors = r.read_safetensors(path)
        tensors |= {name: averages[name] for name in tensors if name in averages}
        r.write_safetensors(os.path.join(args.out, os.path.basename(path)), tensors, "F16")


def train_stage(args, model, weights, judge, presets, number, stage):
    side, count, seconds, rate, perceptual, adversarial = stage
    side, count = int(side), int(count)
    device = torch.device(args.device)
    loader = torch.utils.data.DataLoader(
        patches.Patches(args.photos, side, count, presets, args.seed + 1000 * number),
        batch_size=None,
        num_workers=args.workers,
        pin_memory=device.type == "cuda",
        prefetch_factor=4 if args.workers else None,
    )
    began = said = time.monotonic()
    sums, steps, waited = {}, 0, 0.0
    batches = iter(loader)
    while True:
        now = time.monotonic()
        share = (now - began) / seconds
        if share >= 1:
            break
        pair = next(batches)
        waited += time.monotonic() - now
        warm = min(1, (steps + 1) / 100)
        now_rate = rate * warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * share)))
        counts = judge.steps >= args.start
        loss_weights = {
            "gradient": args.gradient,
            "perceptual": perceptual,
            "adversarial": adversarial if counts else 0.0,
        }
        source, truth = r.pictures(pair, device)
        draw = r.draw_of(count, side // 4, device, args.full_share)
        loss, values, shown = r.picture_loss(
            model, weights.leaves, judge.leaves, source, truth, draw, loss_weights, show=adversarial > 0
        )
        loss.backward()
        values["gradient"] = weights.step(now_rate)
        if shown:
            opposed = r.discriminator_loss(model, judge.leaves, *shown)
            opposed.backward()
            values["discriminator"] = opposed.detach()
            judge.step(now_rate)
        for name, value in values.items():
            total, times = sums.get(name, (0.0, 0))
            sums[name] = (total + value, times + 1)
        steps += 1
        if time.monotonic() - said > 15:
            means = {name: float(total) / times for name, (total, times) in sums.items()}
            print(
                "stage %d step %d %.0f s rate %.2g waited %.0f%% "
                % (number, steps, time.monotonic() - began, now_rate, 100 * waited / (time.monotonic() - began))
                + " ".join("%s %.4g" % item for item in means.items()),
                flush=True,
            )
            if not all(math.isfinite(value) for value in means.values()):
                raise SystemExit("The loss is not finite any more; lower the rate of the stage.")
            sums, said = {}, time.monotonic()
    print("stage %d done: %d steps of %d pieces of %d px" % (number, steps, count, side), flush=True)


def main():
    args = arguments()
    os.makedirs(args.out, exist_ok=True)
    if not os.path.isdir(args.photos) or not os.listdir(args.photos):
        raise SystemExit("There is no photograph in %s; set --photos." % args.photos)
    torch.manual_seed(args.seed)
    random.seed(args.seed)
    torch.backends.cudnn.benchmark = True
    torch.backends.cuda.matmul.allow_tf32 = True
    device = torch.device(args.device)
    dtype = torch.bfloat16 if args.dtype == "bf16" else torch.float32
    networks = r.load_module(args.networks)
    values = {}
    for path in args.init:
        values |= r.read_safetensors(path)
    frozen = {name: value for name, value in values.items() if name.startswith(r.FROZEN)}
    fixed = r.read_safetensors(args.trunk) | frozen
    heads = torch.load(args.heads, map_location="cpu", weights_only=True)
    heads = [heads["lin%d.model.1.weight" % i].float().reshape(1, -1, 1, 1) for i in range(7)]
    trained = {name: value for name, value in values.items() if name not in frozen}
    weights = r.Weights(trained, device, dtype)
    judge = r.Weights(r.fresh_discriminator(args.discriminator), device, dtype)
    model = r.Restorer(networks, fixed, heads, device, dtype)
    presets = presets_of(networks, args.presets)
    held_out = validation_set(args, presets, 48, 256)
    print("before:", validate(model, weights, held_out, device), flush=True)
    for number, text in enumerate(args.stage, 1):
        train_stage(args, model, weights, judge, presets, number, [float(part) for part in text.split(",")])
        print("stage %d:" % number, validate(model, weights, held_out, device), flush=True)
        save(args, weights)


if __name__ == "__main__":
    main()
