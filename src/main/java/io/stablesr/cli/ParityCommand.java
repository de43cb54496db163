package io.stablesr.cli;

import io.stablesr.engine.Precision;
import io.stablesr.parity.ParityOptions;
import io.stablesr.parity.ParityReport;
import io.stablesr.parity.ParityRun;
import io.stablesr.parity.Replayers;
import io.stablesr.parity.ReportJson;
import io.stablesr.parity.ReportTable;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Compares this build with recorded reference tensors. */
@Command(
    name = "parity",
    description = "Replays a folder of recorded reference tensors and compares the results.",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:everything compared is within its tolerance", "1:something is not"})
final class ParityCommand implements Callable<Integer> {
  /** Exit status of a process that was told to end. */
  private static final int TERMINATED = 143;

  private final CommandEnvironment environment;

  @Parameters(paramLabel = "DIR", description = "Folder of recorded files and their weights.")
  private Path folder;

  @Option(names = "--json", description = "Prints every comparison as JSON instead of a table.")
  private boolean json;

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      converter = TypeConverter.class,
      description = "Precision of the networks: fp32 or bf16 [default fp32].")
  private Precision precision = Precision.FP32;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads inside a native call [default: processors].")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--only",
      paramLabel = "NN",
      split = ",",
      description =
          "Two-digit numbers or names of the files to replay, for example 04,07,dists [default: all].")
  private Set<String> only = new LinkedHashSet<>();

  @Option(names = "--each", description = "Prints a line for every comparison.")
  private boolean each;

  /** The types that have tolerances. */
  static final class TypeConverter implements ITypeConverter<Precision> {
    @Override
    public Precision convert(String text) {
      return switch (text) {
        case "fp32" -> Precision.FP32;
        case "bf16" -> Precision.BF16;
        default ->
            throw new TypeConversionException("'%s' is neither fp32 nor bf16".formatted(text));
      };
    }
  }

  ParityCommand(CommandEnvironment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    // libtorch's own cleaning up at an exit crashes when a native call is still running.
    Thread halt = new Thread(() -> Runtime.getRuntime().halt(TERMINATED), "stablesr-halt");
    Runtime.getRuntime().addShutdownHook(halt);
    try {
      return replay();
    } finally {
      Runtime.getRuntime().removeShutdownHook(halt);
    }
  }

  private int replay() {
    ParityRun run = new ParityRun(Replayers.standard(), System::nanoTime);
    ParityOptions options = new ParityOptions(folder, precision, threads, only);
    ParityReport report =
        run.run(
            options,
            file -> {
              environment.err().printf("%s %s%n", file.file(), file.outcome());
              environment.err().flush();
            });
    ReportTable.Detail detail = each ? ReportTable.Detail.COMPARISONS : ReportTable.Detail.FILES;
    environment.out().print(json ? ReportJson.render(report) : ReportTable.render(report, detail));
    return report.exitCode();
  }
}
