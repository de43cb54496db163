package io.stablesr.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs scripts of the checkout. */
final class Shell {
  /** What a script did. */
  record Outcome(int code, String out, String err) {}

  private final Path folder;

  /**
   * @param folder for what the scripts print
   */
  Shell(Path folder) {
    this.folder = folder;
  }

  /** Runs a command in an empty environment but for what is given and a path. */
  Outcome run(Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Path out = folder.resolve("stdout");
    Path err = folder.resolve("stderr");
    ProcessBuilder process = new ProcessBuilder(command);
    process.environment().keySet().removeIf(key -> !key.equals("PATH") && !key.equals("JAVA_HOME"));
    process.environment().putAll(environment);
    process.redirectOutput(out.toFile()).redirectError(err.toFile());
    int code = process.start().waitFor();
    return new Outcome(code, Files.readString(out), Files.readString(err));
  }

  /** Writes an executable script. */
  static Path script(Path file, String body) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/bash\n" + body + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }
}
