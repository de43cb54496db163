package io.stablesr.bench;

/** What is the same in every {@link PyTorchProgram}. */
final class PyTorchPrelude {
  /** Imports, and the functions that a network calls; ends with 3 where there is no torch. */
  static final String FUNCTIONS =
      """
      import array, os, sys, time
      try:
          import torch
          import torch.nn.functional as F
      except ImportError:
          sys.exit(3)

      def attend(q, k, v):
          if hasattr(F, "scaled_dot_product_attention"):
              return F.scaled_dot_product_attention(q, k, v)
          return torch.softmax(q * q.shape[-1] ** -0.5 @ k.transpose(-2, -1), -1) @ v

      def attention(q, k, v, heads):
          def split(x):
              return x.reshape(x.shape[0], x.shape[1], heads, -1).transpose(1, 2)
          return attend(split(q), split(k), split(v)).transpose(1, 2).reshape(q.shape)

      def packed_attention(x, heads):
          n, l, c = x.shape[0], x.shape[1], x.shape[2] // 3
          q, k, v = x.reshape(n, l, heads, 3, c // heads).permute(3, 0, 2, 1, 4)
          return attend(q, k, v).transpose(1, 2).reshape(n, l, c)

      # Under autocast activations may be bf16; weights of normalisations are fp32.
      def group_norm(x, groups, weight, bias, epsilon):
          return F.group_norm(x.float(), groups, weight, bias, epsilon).to(x.dtype)

      def layer_norm(x, weight, bias, epsilon):
          return F.layer_norm(x.float(), x.shape[-1:], weight, bias, epsilon).to(x.dtype)

      def gated_gelu(x):
          value, gate = x.chunk(2, -1)
          return value * F.gelu(gate)

      def timestep_embedding(t, width):
          half = width // 2
          steps = torch.arange(half, dtype=torch.float32, device=t.device)
          angles = t[:, None] * torch.exp(steps * -9.210340371976184 / half)[None]
          return torch.cat([angles.cos(), angles.sin()], 1)

      def repeat_batch(x, like):
          times = like.shape[0] // x.shape[0]
          return x if times == 1 else x.repeat(times, *[1] * (x.dim() - 1))

      def stretch_batch(x, like):
          times = like.shape[0] // x.shape[0]
          return x if times == 1 else x.repeat_interleave(times, 0)

      """;

  /** Reads what {@link RawTensors} wrote. */
  static final String LOAD =
      """

      def load(folder):
          size = os.path.getsize(os.path.join(folder, "tensors.bin")) // 4
          values = torch.from_file(os.path.join(folder, "tensors.bin"), False, size, dtype=torch.float32)
          tensors = {}
          for line in open(os.path.join(folder, "tensors.index")):
              name, offset, *shape = line.split()
              shape = [int(side) for side in shape]
              count = 1
              for side in shape:
                  count *= side
              tensors[name] = values[int(offset):int(offset) + count].view(shape)
          return tensors
      """;

  /** Evaluates the network once for each line of standard input. */
  static final String SERVER =
      """

      def run(way):
          with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=way == "bf16"):
              return network(W)

      W = load(sys.argv[1])
      torch.set_num_threads(int(sys.argv[2]))
      print("ready", torch.__version__, flush=True)
      for line in sys.stdin:
          command, way, *file = line.split()
          wall, processor = time.perf_counter(), time.process_time()
          result = run(way)
          print(time.process_time() - processor, time.perf_counter() - wall, flush=command == "time")
          if command == "save":
              with open(file[0], "wb") as out:
                  array.array("f", result.float().flatten().tolist()).tofile(out)
              print("saved", flush=True)
      """;

  private PyTorchPrelude() {}
}
