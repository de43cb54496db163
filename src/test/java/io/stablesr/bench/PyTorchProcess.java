package io.stablesr.bench;

import io.stablesr.bench.Turns.Taken;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.graph.Graph;
import io.stablesr.graph.ParameterSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A network in a Python process that evaluates it when told to. The process waits between, so that
 * evaluations here and there can take turns.
 */
final class PyTorchProcess implements AutoCloseable {
  private final PythonConversation python;

  private PyTorchProcess(PythonConversation python) {
    this.python = python;
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
      Path program = folder.resolve(PythonConversation.PROGRAM);
      Files.writeString(program, PyTorchProgram.of(graph));
      try (RawTensors tensors = new RawTensors(folder)) {
        for (ParameterSpec spec : graph.parameters().values()) {
          tensors.add(spec.key(), weights.get(spec.key()).toFloats());
        }
        for (Map.Entry<String, FloatTensor> argument : arguments.entrySet()) {
          tensors.add(PyTorchProgram.argument(argument.getKey()), argument.getValue());
        }
      }
      return new PyTorchProcess(
          new PythonConversation(
              folder, python, program.toString(), folder.toString(), Integer.toString(threads)));
    } catch (IOException | RuntimeException e) {
      PythonConversation.delete(folder);
      throw e;
    }
  }

  /** The version of PyTorch. */
  String version() {
    return python.version();
  }

  /** One evaluation; what it took is measured there. */
  Taken once(Way way) {
    try {
      python.order("time " + way.word());
      return taken(python.answer());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The first result of the network, of a given shape. */
  FloatTensor result(Way way, int... shape) throws IOException {
    Path file = python.folder().resolve(PythonConversation.RESULT);
    python.order("save " + way.word() + " " + file);
    python.answer();
    python.answer();
    return RawTensors.read(file, shape);
  }

  private static Taken taken(String answer) {
    String[] seconds = answer.split(" ", -1);
    return new Taken(Double.parseDouble(seconds[0]), Double.parseDouble(seconds[1]));
  }

  @Override
  public void close() throws IOException {
    python.close();
  }
}
