package io.stablesr.bench;

import io.stablesr.core.FloatTensor;
import io.stablesr.graph.Graph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A network in a Python process that evaluates it on a device when told to. */
final class PyTorchOnDevice implements AutoCloseable {
  private final PythonConversation python;

  private PyTorchOnDevice(PythonConversation python) {
    this.python = python;
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
    try {
      Path program = folder.resolve(PythonConversation.PROGRAM);
      Files.writeString(program, PyTorchDeviceScript.of(graph));
      return new PyTorchOnDevice(
          new PythonConversation(folder, python, program.toString(), weights.toString(), device));
    } catch (IOException | RuntimeException e) {
      PythonConversation.delete(folder);
      throw e;
    }
  }

  /** The version of PyTorch. */
  String version() {
    return python.version();
  }

  /** Gives the network its arguments. */
  void arguments(Map<String, FloatTensor> arguments) throws IOException {
    Path folder = python.folder();
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
    Path file = python.folder().resolve(PythonConversation.RESULT);
    ask("save %s %s".formatted(way.word(), file));
    return RawTensors.read(file, shape);
  }

  private String ask(String order) throws IOException {
    python.order(order);
    String answer = python.answer();
    if (answer.startsWith("failed ")) {
      throw new IllegalStateException("PyTorch: " + answer.substring("failed ".length()));
    }
    return answer;
  }

  @Override
  public void close() throws IOException {
    python.close();
  }
}
