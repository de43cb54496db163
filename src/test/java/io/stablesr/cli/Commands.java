package io.stablesr.cli;

import io.stablesr.job.ProgressConsole;
import io.stablesr.restore.UpscalerFactory;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** Commands that run within a test, without a terminal. */
final class Commands {
  private Commands() {}

  /**
   * Runs one.
   *
   * @param folder of profiles and of the file {@code cpuinfo}; both may be missing
   */
  static int run(
      StringWriter out,
      StringWriter err,
      Path folder,
      Supplier<UpscalerFactory> factory,
      String... arguments) {
    CommandEnvironment environment =
        new CommandEnvironment(
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            ProgressConsole.Kind.PLAIN,
            List.of(folder),
            folder.resolve("cpuinfo"),
            factory);
    return Main.run(environment, arguments);
  }
}
