package io.stablesr.bench;

import io.stablesr.core.FloatTensor;
import io.stablesr.graph.Graph;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A network in a Python process that evaluates it on a device when told to. */
final class PyTorchOnDevice implements AutoCloseable {
  private static final String[] FILES = {
    "network.py", "tensors.bin", "tensors.index", "result.bin"
  };

  private final Path folder;
  private final Process python;
  private final BufferedReader answers;
  private final Writer orders;
  private final String version;

  private PyTorchOnDevice(Path folder, Process python) throws IOException {
    this.folder = folder;
    this.python = python;
    this.answers =
        new BufferedReader(new InputStreamReader(python.getInputStream(), StandardCharsets.UTF_8));
    this.orders = python.outputWriter(StandardCharsets.UTF_8);
    this.version = answer().replaceFirst("^ready ", "");
  }

  /** How a network is evaluated there. */
  enum Way {
    /** fp32 in eager mode. */
    FP32("fp32"),
    /** The same under {@code torch.autocast} to fp16. */
    FP16_AUTOCAST("fp16-autocast"),
    /** The same under {@code torch.autocast} to bf16. */
    BF16_AUTOCAST("bf16-autocast"),
    /** Weights and activations in fp16, normalisations in fp32. */
    FP16("fp16"),
    /** Weights and activations in bf16, normalisations in fp32. */
    BF16("bf16"),
    /** {@link #FP16} with images and kernels in the order of channels last. */
    FP16_LAST("fp16-channels-last"),
    /** {@link #BF16} with images and kernels in the order of channels last. */
    BF16_LAST("bf16-channels-last");

    private final String word;

    Way(String word) {
      this.word = word;
    }

    /** Its name. */
    String word() {
      return word;
    }
  }

  /**
   * Starts Python with a network.
   *
   * @param weights a safetensors file with its weights
   * @param device {@code cpu} or {@code cuda:N}
   */
  static PyTorchOnDevice start(String python, Graph graph, Path weights, String device)
      throws IOException {
    Path folder = Files.createTempDirectory("pytorch-device");
    Path program = folder.resolve("network.py");
    Files.writeString(program, PyTorchDeviceScript.of(graph));
    Process process =
        new ProcessBuilder(python, program.toString(), weights.toString(), device)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    return new PyTorchOnDevice(folder, process);
  }

  /** The version of PyTorch. */
  String version() {
    return version;
  }

  /** Gives the network its arguments. */
  void arguments(Map<String, FloatTensor> arguments) throws IOException {
    Files.deleteIfExists(folder.resolve("tensors.bin"));
    try (RawTensors tensors = new RawTensors(folder)) {
      for (Map.Entry<String, FloatTensor> argument : arguments.entrySet()) {
        tensors.add(PyTorchProgram.argument(argument.getKey()), argument.getValue());
      }
    }
    ask("arguments " + folder);
  }

  /** Times evaluations as {@link DeviceTimes#of} does. */
  DeviceTimes time(Way way, double seconds) throws IOException {
    String[] times = ask("time %s %s".formatted(way.word(), seconds)).split(" ", -1);
    return new DeviceTimes(Double.parseDouble(times[0]), Double.parseDouble(times[1]));
  }

  /** Operations per second of products of square matrices. */
  double peak(String type, int side, double seconds) throws IOException {
    return Double.parseDouble(ask("peak %s %d %s".formatted(type, side, seconds)));
  }

  /** The first result of the network, of a given shape. */
  FloatTensor result(Way way, int... shape) throws IOException {
    Path file = folder.resolve("result.bin");
    ask("save %s %s".formatted(way.word(), file));
    return RawTensors.read(file, shape);
  }

  private String ask(String order) throws IOException {
    orders.write(order + "\n");
    orders.flush();
    String answer = answer();
    if (answer.startsWith("failed ")) {
      throw new IllegalStateException("PyTorch: " + answer.substring("failed ".length()));
    }
    return answer;
  }

  private String answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IllegalStateException(
          "Python ended without an answer; see its message above, or install torch for it.");
    }
    return line;
  }

  @Override
  public void close() throws IOException {
    // Without orders the program ends by itself.
    orders.close();
    python.destroy();
    for (String name : FILES) {
      Files.deleteIfExists(folder.resolve(name));
    }
    Files.delete(folder);
  }
}
