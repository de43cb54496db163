"""Pieces of photographs and what a bad camera would have made of them, for train.py.

The draws follow the presets of io.stablesr.degrade (docs/degradation.md), whose numbers TrainingPrograms writes
out; the operators are OpenCV's, so pictures are alike, not equal to those of `jobs/degrade`.
"""

import glob
import math
import os
import time

import cv2
import numpy as np
import torch

# Workers are forked; a pool of threads would not be there in them.
cv2.setNumThreads(0)

SCALE = 4
MARGIN = 16
BICUBIC_SHARE = 0.15
SIZES = (1.0, 1.0, 0.75)
MODES = {"area": cv2.INTER_AREA, "bilinear": cv2.INTER_LINEAR, "bicubic": cv2.INTER_CUBIC}


def _bessel_table():
    angle = (np.arange(400) + 0.5) * math.pi / 400
    x = np.linspace(0, 60, 3001)
    return x, np.cos(angle[None] - x[:, None] * np.sin(angle[None])).mean(1)


BESSEL_X, BESSEL_J1 = _bessel_table()


def sinc_kernel(size, cutoff):
    y, x = np.mgrid[:size, :size] - size // 2
    radius = np.hypot(y, x)
    with np.errstate(invalid="ignore", divide="ignore"):
        k = cutoff * np.interp(cutoff * radius, BESSEL_X, BESSEL_J1) / (2 * math.pi * radius)
    k[size // 2, size // 2] = cutoff * cutoff / (4 * math.pi)
    return (k / k.sum()).astype(np.float32)


def between(rng, ends):
    return rng.uniform(ends[0], ends[1])


def kernel_size(rng, blur):
    return blur["min-size"] + 2 * rng.integers((blur["max-size"] - blur["min-size"]) // 2 + 1)


def blur_kernel(rng, blur):
    size = kernel_size(rng, blur)
    if rng.random() < blur["sinc-probability"]:
        return sinc_kernel(size, rng.uniform(math.pi / (3 if size < 13 else 5), math.pi))
    names, weights = zip(*blur["families"].items())
    family = names[rng.choice(len(names), p=np.array(weights) / sum(weights))]
    sigma_x = sigma_y = between(rng, blur["sigma"])
    rotation = 0.0
    if not family.endswith("-iso") and family != "iso":
        sigma_y, rotation = between(rng, blur["sigma"]), rng.uniform(-math.pi, math.pi)
    y, x = np.mgrid[:size, :size] - size // 2
    cos, sin = math.cos(rotation), math.sin(rotation)
    q = ((cos * x + sin * y) / sigma_x) ** 2 + ((cos * y - sin * x) / sigma_y) ** 2
    kind = family.split("-")[0]
    beta = 1.0
    if kind in ("generalized", "plateau"):
        low, high = blur[kind + "-beta"]
        beta = rng.uniform(low, 1) if rng.random() < 0.5 else rng.uniform(1, high)
    k = 1 / (q**beta + 1) if kind == "plateau" else np.exp(-0.5 * q**beta)
    return (k / k.sum()).astype(np.float32)


def filtered(picture, kernel):
    return cv2.filter2D(picture, -1, kernel, borderType=cv2.BORDER_REFLECT_101)


def factor_of(rng, resize):
    point = rng.random() * (resize["up"] + resize["down"] + resize["keep"])
    if point < resize["up"]:
        return rng.uniform(1, resize["factor"][1])
    if point < resize["up"] + resize["down"]:
        return rng.uniform(resize["factor"][0], 1)
    return 1.0


def resized(rng, picture, modes, height, width):
    mode = MODES[modes[rng.integers(len(modes))]]
    if picture.shape[:2] == (height, width):
        return picture
    return cv2.resize(picture, (width, height), interpolation=mode)


def noisy(rng, picture, noise):
    if rng.random() >= noise["probability"]:
        return picture
    grey = rng.random() < noise["grey-probability"]
    shape = picture.shape[:2] + ((1,) if grey else (3,))
    if rng.random() < noise["gaussian-probability"]:
        drawn = rng.standard_normal(shape, dtype=np.float32)
        added = drawn * np.float32(between(rng, noise["sigma-levels"]) / 255)
    else:
        levels = np.rint(np.clip(picture, 0, 1) * 255) / 255
        if grey:
            levels = (levels @ np.array([0.2989, 0.587, 0.114]))[..., None]
        photons = 2 ** math.ceil(math.log2(max(len(np.unique(levels)), 1)))
        counts = rng.poisson(levels * photons)
        added = ((counts / photons - levels) * between(rng, noise["poisson-scale"])).astype(np.float32)
    return np.clip(picture + added, 0, 1)


def compressed(rng, picture, jpeg):
    if rng.random() >= jpeg["probability"]:
        return picture
    levels = np.rint(np.clip(picture, 0, 1)[..., ::-1] * 255).astype(np.uint8)
    quality = int(round(between(rng, jpeg["quality"])))
    encoded = cv2.imencode(".jpg", levels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.imdecode(encoded, cv2.IMREAD_COLOR)[..., ::-1].astype(np.float32) / 255


def degraded(rng, good, preset):
    """What becomes of a picture [H,W,3] in 0..1: [H/4,W/4,3]."""
    height, width = good.shape[0] // SCALE, good.shape[1] // SCALE
    if rng.random() < preset["clean-probability"]:
        return cv2.resize(good, (width, height), interpolation=cv2.INTER_AREA)
    first, second, last = preset["first"], preset["second"], preset["last"]
    x = good
    if rng.random() < first["blur"]["probability"]:
        x = filtered(x, blur_kernel(rng, first["blur"]))
    factor = factor_of(rng, first["resize"])
    sides = [max(int(side * factor), 1) for side in x.shape[:2]]
    x = compressed(rng, noisy(rng, resized(rng, x, first["resize"]["modes"], *sides), first["noise"]), first["jpeg"])
    if rng.random() < second["blur"]["probability"]:
        x = filtered(x, blur_kernel(rng, second["blur"]))
    factor = factor_of(rng, second["resize"])
    sides = [max(int(height * factor), 1), max(int(width * factor), 1)]
    x = noisy(rng, resized(rng, x, second["resize"]["modes"], *sides), second["noise"])
    size = kernel_size(rng, second["blur"])
    ringing = rng.random() < last["sinc-probability"]
    kernel = sinc_kernel(size, rng.uniform(math.pi / 3, math.pi)) if ringing else None
    jpeg_last = rng.random() < last["jpeg-last-probability"]
    if not jpeg_last:
        x = compressed(rng, x, second["jpeg"])
    x = resized(rng, x, last["modes"], height, width)
    x = filtered(x, kernel) if ringing else x
    return compressed(rng, x, second["jpeg"]) if jpeg_last else np.clip(x, 0, 1)


def piece(rng, photo, side):
    """A square of a photograph [side,side,3] in 0..1, turned at random: of four places that with most detail."""
    size = max(SIZES[rng.integers(len(SIZES))], side / min(photo.shape[:2]))
    taken = min(int(round(side / size)), *photo.shape[:2])
    best, most = None, -1.0
    for _ in range(1 if rng.random() < 0.25 else 4):
        top, left = (rng.integers(length - taken + 1) for length in photo.shape[:2])
        candidate = photo[top : top + taken, left : left + taken]
        green = candidate[::2, ::2, 1].astype(np.int16)
        detail = np.abs(np.diff(green, axis=0)).mean() + np.abs(np.diff(green, axis=1)).mean()
        if detail > most:
            best, most = candidate, detail
    square = best.astype(np.float32) / 255
    if taken != side:
        square = cv2.resize(square, (side, side), interpolation=cv2.INTER_AREA if taken > side else cv2.INTER_CUBIC)
    square = np.rot90(square, rng.integers(4))
    return np.ascontiguousarray(square[:, ::-1] if rng.random() < 0.5 else square)


def patch(rng, photo, side, presets):
    """A pair of 8-bit pictures [side,side,3] and [side/4,side/4,3]."""
    good = piece(rng, photo, side + 2 * MARGIN)
    if rng.random() < BICUBIC_SHARE:
        from PIL import Image

        low = side // SCALE + 2 * MARGIN // SCALE
        image = Image.fromarray(np.rint(good * 255).astype(np.uint8))
        poor = np.asarray(image.resize((low, low), Image.BICUBIC), dtype=np.float32) / 255
    else:
        poor = degraded(rng, good, presets[rng.integers(len(presets))])
    m = MARGIN // SCALE
    pair = good[MARGIN:-MARGIN, MARGIN:-MARGIN], poor[m:-m, m:-m]
    return tuple(np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8) for picture in pair)


class Patches(torch.utils.data.IterableDataset):
    """Endless batches of pairs; photographs that arrive in the folder while it runs are taken up."""

    def __init__(self, folder, side, count, presets, seed):
        self.folder, self.side, self.count, self.presets, self.seed = folder, side, count, presets, seed

    def __iter__(self):
        worker = torch.utils.data.get_worker_info()
        rng = np.random.default_rng([self.seed, worker.id if worker else 0])
        photos, names, looked = {}, [], 0.0
        while True:
            if time.monotonic() - looked > 20:
                names, looked = sorted(glob.glob(os.path.join(self.folder, "*.*"))), time.monotonic()
            goods, poors = [], []
            while len(goods) < self.count:
                name = names[rng.integers(len(names))]
                if name not in photos:
                    decoded = cv2.imread(name)
                    if decoded is None:  # still being written
                        continue
                    photos[name] = decoded[..., ::-1]
                good, poor = patch(rng, photos[name], self.side, self.presets)
                goods.append(good)
                poors.append(poor)
            yield torch.from_numpy(np.stack(goods)), torch.from_numpy(np.stack(poors))
