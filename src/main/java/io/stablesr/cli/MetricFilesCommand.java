package io.stablesr.cli;

import io.stablesr.metric.MetricFile;
import io.stablesr.metric.MetricKind;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** Lists the weight files of metrics. */
@Command(
    name = "fetch-list",
    description = "Lists the weight files that metrics need, their licences and where to get them.",
    mixinStandardHelpOptions = true)
final class MetricFilesCommand implements Runnable {
  private final CommandEnvironment environment;

  MetricFilesCommand(CommandEnvironment environment) {
    this.environment = environment;
  }

  @Override
  public void run() {
    for (MetricFile file : MetricFile.values()) {
      String kinds =
          Arrays.stream(MetricKind.values())
              .filter(kind -> kind.files().contains(file))
              .map(MetricKind::label)
              .collect(Collectors.joining(", "));
      environment
          .out()
          .printf(
              "%s%n  for %s%n  licence: %s%n  sha256: %s%n  %s%n",
              file.fileName(),
              kinds,
              file.licence(),
              file.sha256()
                  .map(hash -> hash.length() == 64 ? hash : hash + "... (from its name)")
                  .orElse("not known"),
              file.source());
    }
    environment
        .out()
        .println(
            "Put them into one folder under these names and give it with `metrics --weights`. Nothing is downloaded.");
  }
}
