package io.stablesr.cli;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.Settings;
import io.stablesr.job.UriRules;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that name what a job reads and where it writes. */
final class JobEnds {
  private static final String INPUT = "job.input";
  private static final String OUTPUT = "job.output";

  @Option(
      names = {"-i", "--input"},
      paramLabel = "INPUT",
      description = "A folder, a glob, an image or a manifest; a path or a Hadoop URI.")
  private String input;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FOLDER",
      description = "Folder of the results; a path or a Hadoop URI.")
  private String output;

  /**
   * Both ends of a job.
   *
   * @param input what it reads
   * @param output folder that it writes
   */
  record Ends(String input, String output) {}

  /** The settings that the options stand for, without those that were not given. */
  Map<String, String> given() {
    Map<String, String> given = new LinkedHashMap<>();
    if (input != null) {
      given.put(INPUT, input);
    }
    if (output != null) {
      given.put(OUTPUT, output);
    }
    return given;
  }

  /**
   * Both ends, from the options or the configuration.
   *
   * @throws StableSrException CONFIG where one is missing or the output has credentials in it
   */
  static Ends require(Settings settings, String command) {
    String input = required(settings, INPUT, "--input", command);
    String output = required(settings, OUTPUT, "--output", command);
    UriRules.requireNoCredentials("output", output);
    return new Ends(input, output);
  }

  private static String required(Settings settings, String key, String option, String command) {
    String value = settings.values().getString(key);
    if (value.isBlank()) {
      throw new StableSrException(
          ErrorCode.CONFIG, "%s needs %s; see %s --help.".formatted(command, option, command));
    }
    return value;
  }
}
