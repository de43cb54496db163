package io.stablesr.bench;

import io.stablesr.bench.Turns.Taken;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.graph.Graph;
import io.stablesr.graph.ParameterSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A network in a Python process that evaluates it when told to. The process waits between, so that
 * evaluations here and there can take turns.
 */
final class PyTorchProcess implements AutoCloseable {
  private final Path folder;
  private final Process python;
  private final BufferedReader answers;
  private final Writer orders;
  private final String version;

  private PyTorchProcess(Path folder, Process python) throws IOException {
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
    FP32,
    /** The same under {@code torch.autocast} to bf16. */
    BF16;

    private String word() {
      return this == FP32 ? "fp32" : "bf16";
    }
  }

  /**
   * Whether a Python can be started and has torch.
   *
   * @param python its path
   */
  static boolean hasTorch(String python) {
    try {
      Process process =
          new ProcessBuilder(python, "-c", "import torch")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Starts Python with a network; needs 4 bytes per weight in the folder of temporary files.
   *
   * @param arguments a tensor for each input of the graph
   * @throws IllegalStateException where it does not start, has no torch or cannot read the network
   */
  static PyTorchProcess start(
      String python, Graph graph, Weights weights, Map<String, FloatTensor> arguments, int threads)
      throws IOException {
    Path folder = Files.createTempDirectory("pytorch-step");
    try {
      Path program = folder.resolve("network.py");
      Files.writeString(program, PyTorchProgram.of(graph));
      try (RawTensors tensors = new RawTensors(folder)) {
        for (ParameterSpec spec : graph.parameters().values()) {
          tensors.add(spec.key(), weights.get(spec.key()).toFloats());
        }
        for (Map.Entry<String, FloatTensor> argument : arguments.entrySet()) {
          tensors.add(PyTorchProgram.argument(argument.getKey()), argument.getValue());
        }
      }
      Process process =
          new ProcessBuilder(
                  python, program.toString(), folder.toString(), Integer.toString(threads))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      return new PyTorchProcess(folder, process);
    } catch (IOException | RuntimeException e) {
      delete(folder);
      throw e;
    }
  }

  /** The version of PyTorch. */
  String version() {
    return version;
  }

  /** One evaluation; what it took is measured there. */
  Taken once(Way way) {
    try {
      order("time " + way.word());
      return taken(answer());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The first result of the network, of a given shape. */
  FloatTensor result(Way way, int... shape) throws IOException {
    Path file = folder.resolve("result.bin");
    order("save " + way.word() + " " + file);
    answer();
    answer();
    return RawTensors.read(file, shape);
  }

  private static Taken taken(String answer) {
    String[] seconds = answer.split(" ", -1);
    return new Taken(Double.parseDouble(seconds[0]), Double.parseDouble(seconds[1]));
  }

  private void order(String order) throws IOException {
    orders.write(order + "\n");
    orders.flush();
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
    delete(folder);
  }

  private static void delete(Path folder) throws IOException {
    for (String name : new String[] {"network.py", "tensors.bin", "tensors.index", "result.bin"}) {
      Files.deleteIfExists(folder.resolve(name));
    }
    Files.delete(folder);
  }
}
