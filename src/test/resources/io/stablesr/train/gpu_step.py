"""One step of notebooks/gpu_training on given tensors: writes losses and gradients. For GpuTrainingTest.

Arguments: folder of restorer.py, networks.py, tensors of the step, weights, file to be written.
"""

import sys

sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
try:
    import torch

    import restorer as r
except ImportError:
    sys.exit(3)

torch.set_num_threads(1)
networks = r.load_module(sys.argv[2])
step = r.read_safetensors(sys.argv[3])
values = r.read_safetensors(sys.argv[4])
cpu = torch.device("cpu")
judged = {name: value for name, value in values.items() if name.startswith(r.DISCRIMINATOR)}
frozen = {name: value for name, value in values.items() if name.startswith(r.FROZEN + ("features.",))}
trained = {name: value for name, value in values.items() if name not in judged and name not in frozen}
weights = r.Weights(trained, cpu, torch.float32)
judge = r.Weights(judged, cpu, torch.float32)
heads = [step["head.%d" % i] for i in range(7)]
model = r.Restorer(networks, frozen, heads, cpu, torch.float32)
draw = {
    "noise": step["noise"],
    "own": "t" in step,
    "t": step["t"].long() if "t" in step else None,
    "w": step.get("w"),
    "top": int(step["offsets"][0]),
    "left": int(step["offsets"][1]),
}
parts = dict(zip(("gradient", "perceptual", "adversarial"), step["parts"].tolist()))
loss, values, shown = r.picture_loss(
    model, weights.leaves, judge.leaves, step["source"], step["truth"], draw, parts
)
loss.backward()
opposed = r.discriminator_loss(model, judge.leaves, *shown)
opposed.backward()
values["discriminator"] = opposed.detach()
out = {"value." + name: value.reshape(1) for name, value in values.items()}
for holder in (weights, judge):
    out |= {"gradient." + name: leaf.grad for name, leaf in holder.leaves.items()}
r.write_safetensors(sys.argv[5], out, "F32")
