package io.stablesr.cli;

import io.stablesr.core.NearestName;
import io.stablesr.core.StableSrException;
import io.stablesr.engine.Bf16Instructions;
import io.stablesr.job.ProgressConsole;
import io.stablesr.job.SettingKeys;
import io.stablesr.job.SoftwareVersion;
import io.stablesr.restore.UpscalerFactories;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The entry point: {@code stablesr <subcommand>}. */
public final class Main {
  /** Not the JVM's standard stream class: System.out may be an ASCII one where no locale is set. */
  private static PrintWriter utf8(java.io.OutputStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }

  @Command(
      name = "stablesr",
      description = "StableSR photo upscaling on the JVM and Spark.",
      mixinStandardHelpOptions = true,
      synopsisSubcommandLabel = "SUBCOMMAND",
      versionProvider = Version.class)
  private static final class Root {
    @CommandLine.Option(
        names = "--debug",
        scope = CommandLine.ScopeType.INHERIT,
        description = "Prints stack traces of errors.")
    private boolean debug;
  }

  /** Tells picocli the version of the jar. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {SoftwareVersion.text()};
    }
  }

  private Main() {}

  /** Runs a subcommand and ends the JVM with its exit code. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT);
    // The launcher knows what stderr is; the JVM cannot tell.
    ProgressConsole.Kind errKind =
        Boolean.getBoolean("stablesr.terminal")
            ? ProgressConsole.Kind.TERMINAL
            : ProgressConsole.Kind.PLAIN;
    CommandEnvironment environment =
        new CommandEnvironment(
            utf8(System.out),
            utf8(System.err),
            errKind,
            List.of(Path.of(System.getProperty("stablesr.home", "."), "conf"), Path.of("conf")),
            Bf16Instructions.LINUX_CPU_INFO,
            UpscalerFactories::find);
    int exitCode = run(environment, args);
    environment.out().flush();
    environment.err().flush();
    System.exit(exitCode);
  }

  /** Runs a subcommand; 0 = done, 1 = failed, 2 = done but some images failed. */
  static int run(CommandEnvironment environment, String... args) {
    SettingKeys keys = SettingKeys.reference();
    Root root = new Root();
    CommandLine line = new CommandLine(root);
    for (Object command : commands(environment, keys)) {
      CommandSpec spec = CommandSpec.forAnnotatedObject(command);
      spec.mixins().values().stream()
          .map(CommandSpec::userObject)
          .filter(SettingsOptions.class::isInstance)
          .forEach(options -> ((SettingsOptions) options).addTo(spec, keys));
      spec.versionProvider(new Version());
      if (command instanceof MetricsCommand) {
        spec.addSubcommand(
            "fetch-list", CommandSpec.forAnnotatedObject(new MetricFilesCommand(environment)));
      }
      line.addSubcommand(spec.name(), spec);
    }
    line.setOut(environment.out());
    line.setErr(environment.err());
    line.setParameterExceptionHandler((e, unused) -> parameterError(e, environment));
    line.setExecutionExceptionHandler((e, command, parsed) -> fail(e, root, environment));
    return line.execute(args);
  }

  /** The subcommands, in the order of the help text. */
  private static List<Object> commands(CommandEnvironment environment, SettingKeys keys) {
    return List.of(
        new UpscaleCommand(environment, keys),
        new PlanCommand(environment, keys, System::nanoTime),
        new DegradeCommand(environment, keys),
        new DemoCommand(environment, keys),
        new ImportCommand(environment),
        new MetricsCommand(environment, keys),
        new ReportCommand(environment, keys),
        new SweepCommand(environment, keys),
        new InspectCommand(environment, keys),
        new ParityCommand(environment),
        new TrainCommand(environment));
  }

  /** Picocli's own suggestion goes by common letters and takes --strip-pixels for --stepz. */
  private static String suggestion(CommandLine.UnmatchedArgumentException unmatched) {
    String wanted = unmatched.getUnmatched().get(0).replaceFirst("=.*", "");
    if (wanted.startsWith("--")) {
      List<String> options =
          unmatched.getCommandLine().getCommandSpec().optionsMap().keySet().stream()
              .filter(name -> name.startsWith("--"))
              .toList();
      return "; did you mean " + NearestName.of(wanted, options) + "?";
    }
    return unmatched.getSuggestions().isEmpty()
        ? ""
        : "; did you mean " + unmatched.getSuggestions().get(0) + "?";
  }

  private static int parameterError(ParameterException e, CommandEnvironment environment) {
    String message = e.getMessage().lines().findFirst().orElse("").strip();
    if (e instanceof CommandLine.UnmatchedArgumentException unmatched) {
      message += suggestion(unmatched);
    }
    environment
        .err()
        .printf(
            "stablesr: %s%s See %s --help.%n",
            message,
            message.endsWith(".") || message.endsWith("?") ? "" : ".",
            e.getCommandLine().getCommandSpec().qualifiedName());
    return 1;
  }

  private static int fail(Exception e, Root root, CommandEnvironment environment) {
    if (root.debug) {
      e.printStackTrace(environment.err());
    }
    String message = e instanceof StableSrException ? e.getMessage() : "Defect: " + e;
    environment.err().println("stablesr: " + message.replaceAll("\\s*\\R\\s*", " "));
    return 1;
  }
}
