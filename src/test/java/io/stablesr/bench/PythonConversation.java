package io.stablesr.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A Python process that has torch, takes orders line by line and answers each with lines; it works
 * in a folder of its own, which goes with it.
 */
final class PythonConversation implements AutoCloseable {
  /** The name of its program in the folder. */
  static final String PROGRAM = "network.py";

  /** The name for results in the folder. */
  static final String RESULT = "result.bin";

  private static final String[] FILES = {PROGRAM, RESULT, "tensors.bin", "tensors.index"};

  private final Path folder;
  private final Process python;
  private final BufferedReader answers;
  private final Writer orders;
  private final String version;

  /**
   * Starts Python; its first line says {@code ready} and the version of torch.
   *
   * @throws IllegalStateException where it does not start, has no torch or ends otherwise
   */
  PythonConversation(Path folder, String... command) throws IOException {
    this.folder = folder;
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    // The launcher's choice for this project; PyTorch is compared as its users start it.
    builder.environment().remove("GLIBC_TUNABLES");
    this.python = builder.start();
    this.answers =
        new BufferedReader(new InputStreamReader(python.getInputStream(), StandardCharsets.UTF_8));
    this.orders = python.outputWriter(StandardCharsets.UTF_8);
    this.version = answer().replaceFirst("^ready ", "");
  }

  /** The version of PyTorch. */
  String version() {
    return version;
  }

  /** The folder, where both sides can put files of the known names. */
  Path folder() {
    return folder;
  }

  /** Gives an order. */
  void order(String order) throws IOException {
    orders.write(order + "\n");
    orders.flush();
  }

  /** Waits for the next line of an answer. */
  String answer() throws IOException {
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

  /** Deletes a folder and what a conversation may have left in it. */
  static void delete(Path folder) throws IOException {
    for (String name : FILES) {
      Files.deleteIfExists(folder.resolve(name));
    }
    Files.delete(folder);
  }
}
