package io.stablesr.spark;

import com.typesafe.config.ConfigFactory;
import io.stablesr.FakeEngine;
import io.stablesr.job.JobSummary;
import io.stablesr.job.ProgressConsole;
import io.stablesr.job.SettingKeys;
import io.stablesr.job.Settings;
import io.stablesr.job.SettingsLayer;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/**
 * A driver process that runs a job with the engine without networks: {@code CONF INPUT OUTPUT}. The
 * exit status is the job's.
 */
public final class FakeEngineDriver {
  private FakeEngineDriver() {}

  /** Runs the job. */
  public static void main(String[] args) {
    Settings settings =
        Settings.of(
            SettingKeys.reference(),
            List.of(SettingsLayer.ofFile(Path.of(args[0]))),
            bundle -> ConfigFactory.empty());
    ProgressConsole console =
        new ProgressConsole(
            new PrintWriter(System.out, /* autoFlush */ true, StandardCharsets.UTF_8),
            ProgressConsole.Kind.PLAIN,
            1);
    JobSummary summary =
        new UpscaleRunner(new FakeEngine(), Clock.systemUTC())
            .run(settings, args[1], args[2], console);
    System.out.print(summary.text());
    System.out.flush();
    System.exit(summary.exitCode());
  }
}
