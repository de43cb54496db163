package io.stablesr.spark;

import io.stablesr.FakeEngine;
import io.stablesr.job.ProgressConsole;
import io.stablesr.job.SettingKeys;
import io.stablesr.sweep.SweepFile;
import io.stablesr.sweep.SweepFileReader;
import io.stablesr.sweep.SweepPlanner;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** Sweeps with the engine of tests. */
final class Sweeps {
  private Sweeps() {}

  /** Runs the sweep of a file, or what is left of it. */
  static SweepRunner.Outcome run(Path config, String output, Writer progress) {
    FakeEngine engine = new FakeEngine();
    SweepFile file = SweepFileReader.read(config);
    SweepPlanner planner =
        new SweepPlanner(SettingKeys.reference(), engine, file, List.of(), List.of());
    return new SweepRunner(engine, Clock.systemUTC())
        .run(
            file,
            planner.common().values(),
            planner.plan(),
            output,
            new ProgressConsole(new PrintWriter(progress), ProgressConsole.Kind.PLAIN, 1));
  }
}
