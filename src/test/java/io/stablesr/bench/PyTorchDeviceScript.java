package io.stablesr.bench;

import io.stablesr.graph.Graph;
import io.stablesr.graph.Op;
import io.stablesr.graph.ParameterSpec;
import io.stablesr.graph.Symbol;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The Python program of a network that is evaluated on a device in several ways. */
final class PyTorchDeviceScript {
  /** Lets a network run with low-precision weights; normalisations stay in fp32. */
  private static final String LOW =
      """
      LOW = None
      exact_timestep_embedding = timestep_embedding

      def timestep_embedding(t, width):
          e = exact_timestep_embedding(t, width)
          return e if LOW is None else e.to(LOW)

      """;

  private static final String SERVER =
      """

      import contextlib, json, struct

      TYPES = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}
      STORED = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}

      def stored(path, device):
          with open(path, "rb") as file:
              length = struct.unpack("<Q", file.read(8))[0]
              header = json.loads(file.read(length))
          data = torch.from_file(path, False, os.path.getsize(path), dtype=torch.uint8)
          tensors = {}
          for name, entry in header.items():
              if name != "__metadata__":
                  begin, end = entry["data_offsets"]
                  raw = data[8 + length + begin:8 + length + end].to(device, copy=True)
                  values = raw.view(STORED[entry["dtype"]]).view(entry["shape"])
                  # Autocast keeps converted weights only of what is no view.
                  tensors[name] = values.to(torch.float32, copy=True)
          return tensors

      class Ways:
          def __init__(self, weights, device):
              self.weights, self.device, self.inputs = weights, device, {}
              for weight in weights.values():
                  weight.requires_grad_(True)  # Autocast keeps converted weights of parameters only.
              self.name, self.values = None, None

          def prepare(self, way):
              if self.name != way:
                  self.name, self.values = way, None
                  self.values = {key: self.weight(key, value, way) for key, value in self.weights.items()}
              return {**self.values, **{key: self.input(key, value, way) for key, value in self.inputs.items()}}

          @staticmethod
          def low(way):
              return None if way == "fp32" or "autocast" in way else TYPES[way.split("-")[0]]

          def weight(self, key, value, way):
              if key in NORMS or self.low(way) is None:
                  return value
              return self.converted(value.detach(), way)

          def input(self, key, value, way):
              return value if key == "in:t" else self.converted(value, way)

          def converted(self, value, way):
              low = self.low(way)
              if low is None:
                  return value
              value = value.to(low)
              last = way.endswith("-last") and value.dim() == 4
              return value.contiguous(memory_format=torch.channels_last) if last else value

          def context(self, way):
              if "autocast" not in way:
                  return contextlib.nullcontext()
              return torch.autocast(self.device.split(":")[0], dtype=TYPES[way.split("-")[0]])

      def wait(device):
          if device.startswith("cuda"):
              torch.cuda.synchronize()

      def timed(work, device, seconds):
          def once():
              start = time.perf_counter()
              work()
              wait(device)
              return time.perf_counter() - start
          last = [once() for i in range(3)][-1]
          each = sorted(once() for i in range(max(3, min(100, int(seconds / last)))))
          start = time.perf_counter()
          for i in range(len(each)):
              work()
          wait(device)
          together = (time.perf_counter() - start) / len(each)
          return (each[(len(each) - 1) // 2] + each[len(each) // 2]) / 2, together

      def multiply(kind, side, device, seconds):
          a = torch.randn(side, side, device=device).to(TYPES[kind])
          def work():
              for i in range(10):
                  a @ a
          return 20 * side ** 3 / timed(work, device, seconds)[1]

      def serve():
          global LOW
          device = sys.argv[2]
          ways = Ways(stored(sys.argv[1], device), device)
          wait(device)
          print("ready", torch.__version__, flush=True)
          for line in sys.stdin:
              command, *given = line.split()
              with torch.no_grad():
                  try:
                      if command == "arguments":
                          ways.inputs = {name: value.to(device) for name, value in load(given[0]).items()}
                          answer = "ok"
                      elif command == "peak":
                          answer = str(multiply(given[0], int(given[1]), device, float(given[2])))
                      else:
                          values, LOW = ways.prepare(given[0]), ways.low(given[0])
                          with ways.context(given[0]):
                              if command == "time":
                                  answer = "%g %g" % timed(lambda: network(values), device, float(given[1]))
                              else:
                                  result = network(values).float().contiguous().cpu()
                                  with open(given[1], "wb") as out:
                                      array.array("f", result.flatten().tolist()).tofile(out)
                                  answer = "ok"
                  except RuntimeError as e:
                      answer = "failed " + str(e).strip().splitlines()[0]
              print(answer, flush=True)

      serve()
      """;

  private PyTorchDeviceScript() {}

  /** The program; it is given the weight file and the device. */
  static String of(Graph graph) {
    return PyTorchPrelude.FUNCTIONS
        + LOW
        + PyTorchProgram.function("outputs", graph)
        + "def network(W):\n    return outputs(W)[\"%s\"]\n\n"
            .formatted(graph.outputs().keySet().iterator().next())
        + norms(graph)
        + PyTorchPrelude.LOAD
        + SERVER;
  }

  /** The keys of weights that stay in fp32. */
  private static String norms(Graph graph) {
    TreeSet<String> keys = new TreeSet<>();
    for (Symbol symbol : graph.symbols()) {
      if (symbol.op() instanceof Op.GroupNorm || symbol.op() instanceof Op.LayerNorm) {
        List<ParameterSpec> specs = symbol.op().parameters();
        specs.forEach(spec -> keys.add(spec.key()));
      }
    }
    return keys.stream()
        .map(key -> "\"" + key + "\"")
        .collect(Collectors.joining(", ", "NORMS = {", "}\n"));
  }
}
