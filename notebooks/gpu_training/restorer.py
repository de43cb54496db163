"""Networks, losses and optimiser of train.py: those of stage kind `picture` without a teacher.

The networks are Python functions that the project writes out of its own recordings (TrainingPrograms);
GpuTrainingTest holds loss and gradients of a step to the Java trainer.
"""

import importlib.util
import json
import math
import os
import random
import struct
import time

import numpy as np
import torch
import torch.nn.functional as F

BORDER = 8
WAVELET_LEVELS = 5
TRUNK_STRIDE = 8
# As in stage kind `picture` the encoder and the empty prompt stay as they are.
FROZEN = ("encoder.", "quant_conv.", "null")
DISCRIMINATOR = "loss.discriminator."
CAFFE_MEANS = (103.939, 116.779, 123.68)
TYPES = {"F32": np.float32, "F16": np.float16}


def read_safetensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            values = np.frombuffer(data[begin:end], dtype=TYPES[entry["dtype"]]).astype(np.float32)
            tensors[name] = torch.from_numpy(values.reshape(entry["shape"]))
    return tensors


def write_safetensors(path, tensors, dtype):
    header, parts, offset = {}, [], 0
    for name, tensor in tensors.items():
        part = tensor.detach().float().cpu().contiguous().numpy().astype(TYPES[dtype]).tobytes()
        header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": [offset, offset + len(part)]}
        parts.append(part)
        offset += len(part)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path + ".part", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(parts))
    os.replace(path + ".part", path)


def load_module(path):
    spec = importlib.util.spec_from_file_location("networks", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Weights:
    """Weights side by side in one fp32 array, the leaves that networks compute with, and Adam over the array."""

    def __init__(self, values, device, dtype, average_memory=0.999, betas=(0.9, 0.99)):
        self.names = list(values)
        self.shapes = [tuple(values[name].shape) for name in self.names]
        self.master = torch.cat([values[name].reshape(-1) for name in self.names]).to(device)
        self.low = None if dtype == torch.float32 else self.master.to(dtype)
        self.gradient = torch.zeros_like(self.master if self.low is None else self.low)
        self.leaves = {}
        gradients = self.views(self.gradient)
        for name, view in self.views(self.master if self.low is None else self.low).items():
            self.leaves[name] = view.detach().requires_grad_()
            self.leaves[name].grad = gradients[name]
        self.first, self.second = torch.zeros_like(self.master), torch.zeros_like(self.master)
        self.average, self.memory, self.betas, self.steps = self.master.clone(), average_memory, betas, 0

    def views(self, flat):
        views, offset = {}, 0
        for name, shape in zip(self.names, self.shapes):
            size = math.prod(shape)
            views[name] = flat[offset : offset + size].view(shape)
            offset += size
        return views

    @torch.no_grad()
    def step(self, rate, most=1.0):
        self.steps += 1
        gradient = self.gradient.float()
        norm = gradient.norm()
        gradient *= torch.clamp(most / (norm + 1e-12), max=1)
        beta1, beta2 = self.betas
        self.first.lerp_(gradient, 1 - beta1)
        self.second.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
        deviation = (self.second / (1 - beta2**self.steps)).sqrt_().add_(1e-8)
        self.master.addcdiv_(self.first, deviation, value=-rate / (1 - beta1**self.steps))
        if self.low is not None:
            self.low.copy_(self.master)
        memory = min(self.memory, (1 + self.steps) / (10 + self.steps))
        self.average.lerp_(self.master, 1 - memory)
        self.gradient.zero_()
        return norm


class Restorer:
    """The networks over one set of weights, and how they are put together."""

    def __init__(self, networks, fixed, heads, device, dtype):
        self.net, self.device, self.dtype = networks, device, dtype
        self.fixed = {name: value.to(device, dtype) for name, value in fixed.items()}
        self.heads = [head.to(device) for head in heads]
        context = self.fixed[networks.NULL_CONTEXT]
        self.context = context if context.dim() == 3 else context[None]
        root = torch.linspace(networks.LINEAR_START**0.5, networks.LINEAR_END**0.5, 1000, dtype=torch.float64)
        product = torch.cumprod(1 - root**2, 0)
        self.signal = product.sqrt().float().to(device)
        self.rest = (1 - product).sqrt().float().to(device)
        self.means = (torch.tensor(CAFFE_MEANS) / 127.5 - 1).view(1, 3, 1, 1).to(device)
        if dtype != torch.float32:
            # Kernels of norms compute in fp32 inside; casting around them would only cost time.
            embed = networks.timestep_embedding
            networks.timestep_embedding = lambda t, width: embed(t, width).to(dtype)
            networks.group_norm = lambda x, groups, w, b, eps: F.group_norm(x, groups, w, b, eps)
            networks.layer_norm = lambda x, w, b, eps: F.layer_norm(x, x.shape[-1:], w, b, eps)

    def encode(self, picture):
        out = self.net.encoder({**self.fixed, "in:picture": picture.to(self.dtype)})
        return out["moments"].float().chunk(2, 1)[0] * self.net.LATENT_SCALE, out["feature/0"]

    def noised(self, x, noise, t):
        return self.signal[t].view(-1, 1, 1, 1) * x + self.rest[t].view(-1, 1, 1, 1) * noise

    def clean(self, W, x, z, t):
        inputs = {"in:x": x.to(self.dtype), "in:z": z.to(self.dtype), "in:t": t.float(), "in:context": self.context}
        return z + self.net.RESIDUAL_SCALE * self.net.denoiser({**W, **inputs})["out"].float()

    def decode(self, W, latent, feature, w):
        inputs = {"in:latent": (latent / self.net.LATENT_SCALE).to(self.dtype)}
        if w is None:
            return self.net.decoder({**W, **inputs})["picture"].float()
        inputs |= {"in:feature/0": feature, "in:w": w.to(self.dtype)}
        return self.net.fusing_decoder({**W, **inputs})["picture"].float()

    def sample(self, W, z, noise, timesteps=(999, 749, 500, 250)):
        t = [torch.full((z.shape[0],), step, device=z.device) for step in timesteps]
        x = self.noised(z, noise, t[0])
        for i, now in enumerate(t):
            x0 = self.clean(W, x, z, now)
            if i + 1 < len(t):
                eps = (x - self.signal[now[0]] * x0) / self.rest[now[0]]
                x = self.noised(x0, eps, t[i + 1])
        return x0

    def activations(self, picture):
        x = (picture.flip(1) - self.means) * 127.5
        return list(self.net.trunk({**self.fixed, "in:x": x.to(self.dtype)}).values())

    def unlike(self, made, truth, share):
        """LPIPS of pictures in -1..1, each entry times its share."""
        with torch.no_grad():
            wanted = self.activations(truth)
        total = 0.0
        for a, b, head in zip(self.activations(made), wanted, self.heads):
            a, b = unit(a.float()), unit(b.float())
            each = ((a - b).square() * head).sum(1, keepdim=True).mean((2, 3), keepdim=True)
            total = total + (each * share).mean()
        return total

    def judge(self, W, picture):
        return self.net.discriminator({**W, "in:picture": picture.to(self.dtype)})["judgement"].float()


def unit(x):
    return x / torch.sqrt(x.square().sum(1, keepdim=True) + 1e-8)


def inside(x):
    return x[:, :, BORDER:-BORDER, BORDER:-BORDER]


def low_frequencies(x):
    for level in range(WAVELET_LEVELS):
        r = 1 << level
        h, w = x.shape[2:]
        p = F.pad(x, (r, r, 0, 0), "replicate")
        x = (p[..., :w] + p[..., 2 * r :]) * 0.25 + x * 0.5
        p = F.pad(x, (0, 0, r, r), "replicate")
        x = (p[:, :, :h] + p[:, :, 2 * r :]) * 0.25 + x * 0.5
    return x


def levels_and_slopes(made, truth, gradient_weight):
    d = inside(made) - inside(truth)
    level = torch.sqrt(d.square() + 1e-6).mean()
    return level + gradient_weight * (d.diff(dim=3).abs().mean() + d.diff(dim=2).abs().mean())


def picture_loss(restorer, W, J, source, truth, draw, weights, show=True):
    """Loss of one step, and what the discriminator is shown: made, real, share of each entry (or None).

    draw: noise [N,4,h,w], own (two evaluations), t [N] of the second, w [N,1,1,1] or None, top, left.
    weights: gradient, perceptual, adversarial. show: whether the discriminator wants pictures.
    """
    z, feature = restorer.encode(source)
    top = torch.full((source.shape[0],), 999, device=source.device)
    with torch.set_grad_enabled(torch.is_grad_enabled() and not draw["own"]):
        latent = restorer.clean(W, restorer.noised(z, draw["noise"], top), z, top)
    if draw["own"]:
        latent = restorer.clean(W, restorer.noised(latent, draw["noise"], draw["t"]), z, draw["t"])
    w = draw["w"]
    decoded = restorer.decode(W, latent, feature, w)
    made = decoded + low_frequencies(source - decoded)
    loss = levels_and_slopes(made, truth, weights["gradient"])
    values = {"fused" if w is not None else "plain": loss.detach()}
    share = torch.ones(source.shape[0], 1, 1, 1, device=source.device) if w is None else 1 - w
    if w is not None and bool((w == 1).all()):
        return loss, values, None
    made, real = inside(made), inside(truth)
    if weights["perceptual"] > 0:
        shift = (..., slice(draw["top"], None), slice(draw["left"], None))
        distance = restorer.unlike(made[shift], real[shift], share)
        values["perceptual"] = distance.detach()
        loss = loss + weights["perceptual"] * distance
    if weights["adversarial"] > 0:
        judgement = (restorer.judge({k: v.detach() for k, v in J.items()}, made) * share).mean()
        values["judgement"] = judgement.detach()
        loss = loss - weights["adversarial"] * judgement
    return loss, values, (made.detach(), real, share) if show else None


def discriminator_loss(restorer, J, made, real, share):
    truthful = (F.relu(1 - restorer.judge(J, real)) * share).mean()
    return 0.5 * truthful + 0.5 * (F.relu(1 + restorer.judge(J, made)) * share).mean()


def pictures(pair, device):
    """8-bit pairs [N,S,S,3], [N,S/4,S/4,3] as source (enlarged as at inference) and truth [N,3,S,S] in -1..1."""
    good, poor = (x.to(device, non_blocking=True).permute(0, 3, 1, 2).float() / 127.5 - 1 for x in pair)
    source = F.interpolate(poor, good.shape[2:], mode="bicubic", align_corners=False).clamp(-1, 1)
    return source.contiguous(), good.contiguous()


def draw_of(count, latent_side, device, full_share):
    visited = torch.round(999 * (1 + torch.randint(4, (count,))) / 4).long()
    kind = torch.randint(3, (count,))
    t = torch.where(kind == 0, 999, torch.where(kind == 1, visited, torch.randint(1000, (count,))))
    w = None
    if random.random() < 0.5:
        w = torch.where(torch.rand(count) < full_share, 1.0, torch.rand(count)).view(-1, 1, 1, 1).to(device)
    return {
        "noise": torch.randn(count, 4, latent_side, latent_side, device=device),
        "own": random.random() < 0.5,
        "t": t.to(device),
        "w": w,
        "top": random.randrange(TRUNK_STRIDE),
        "left": random.randrange(TRUNK_STRIDE),
    }


def fresh_discriminator(channels):
    """Weights as torch starts convolutions."""
    values, into = {}, 3
    for index, out in zip((0, 2, 5, 8, 11), (channels, 2 * channels, 4 * channels, 8 * channels, 1)):
        layer = torch.nn.Conv2d(into, out, 4)
        key = "%smain.%d." % (DISCRIMINATOR, index)
        values[key + "weight"], values[key + "bias"] = layer.weight.detach(), layer.bias.detach()
        into = out
    return values
