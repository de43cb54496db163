package io.stablesr.parity;

import io.stablesr.diffusion.DdimSchedule;
import io.stablesr.diffusion.DiffusionTables;
import io.stablesr.diffusion.NoiseSchedule;
import io.stablesr.diffusion.TimestepSpacing;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.regex.Matcher;
import java.util.stream.IntStream;

/** 01: noise schedules, value for value (docs/mathematics.md 2.1 to 2.3, 3.3). */
final class ScheduleReplayer implements Replayer {
  private static final double LINEAR_START = 0.00085;
  private static final double LINEAR_END = 0.0120;

  /**
   * The logarithm is the one function whose last bit differs between mathematical libraries, and no
   * sampler reads this table.
   */
  private static final Tolerance LOGARITHM = Tolerance.ulps(2);

  private final NoiseSchedule base = NoiseSchedule.stableDiffusion();

  @Override
  public void replay(Path file, Replay replay) {
    for (Matcher name : replay.golden().matching("full(\\d+)/(.+)")) {
      NoiseSchedule full =
          NoiseSchedule.scaledLinear(LINEAR_START, LINEAR_END, Integer.parseInt(name.group(1)));
      if (name.group(2).equals("betas_f64")) {
        replay.check(name.group(), doubles(full.size(), full::beta), Tolerance.EXACT);
      } else {
        table(replay, name.group(), name.group(2), full.tables());
      }
    }
    for (Matcher name : replay.golden().matching("(respaced\\d+)/(.+)")) {
      int steps = replay.golden().shape(name.group(1) + "/timesteps")[0];
      int[] timesteps = TimestepSpacing.LINSPACE.timesteps(base, steps, base.size() - 1);
      if (name.group(2).equals("timesteps")) {
        replay.check(name.group(), timesteps);
      } else {
        table(replay, name.group(), name.group(2), base.respaced(timesteps));
      }
    }
    for (Matcher name : replay.golden().matching("ddim(\\d+)_eta([\\d.]+)/(.+)")) {
      ddim(replay, name);
    }
    for (Matcher name : replay.golden().matching("x_T_coef/(.+)_(\\d+)")) {
      Map<String, IntToDoubleFunction> tables = tables(base.tables());
      int timestep = Integer.parseInt(name.group(2));
      double[] value = {tables.get(name.group(1)).applyAsDouble(timestep)};
      replay.check(name.group(), value, Tolerance.EXACT);
    }
  }

  private static void table(Replay replay, String name, String buffer, DiffusionTables tables) {
    IntToDoubleFunction ours = tables(tables).get(buffer);
    if (ours == null) {
      replay.omit(name, "no table of this name");
      return;
    }
    boolean logarithm = buffer.equals("log_one_minus_alphas_cumprod");
    replay.check(name, doubles(tables.size(), ours), logarithm ? LOGARITHM : Tolerance.EXACT);
  }

  private static Map<String, IntToDoubleFunction> tables(DiffusionTables tables) {
    Map<String, IntToDoubleFunction> map = new HashMap<>();
    map.put("betas", tables::beta);
    map.put("alphas_cumprod", tables::alphaCumprod);
    map.put("alphas_cumprod_prev", tables::alphaCumprodPrev);
    map.put("sqrt_alphas_cumprod", tables::sqrtAlphaCumprod);
    map.put("sqrt_one_minus_alphas_cumprod", tables::sqrtOneMinusAlphaCumprod);
    map.put("log_one_minus_alphas_cumprod", tables::logOneMinusAlphaCumprod);
    map.put("sqrt_recip_alphas_cumprod", tables::sqrtRecipAlphaCumprod);
    map.put("sqrt_recipm1_alphas_cumprod", tables::sqrtRecipM1AlphaCumprod);
    map.put("posterior_variance", tables::posteriorVariance);
    map.put("posterior_log_variance_clipped", tables::posteriorLogVarianceClipped);
    map.put("posterior_mean_coef1", tables::posteriorMeanCoef1);
    map.put("posterior_mean_coef2", tables::posteriorMeanCoef2);
    return map;
  }

  private void ddim(Replay replay, Matcher name) {
    int steps = Integer.parseInt(name.group(1));
    double eta = Double.parseDouble(name.group(2));
    PublishedDdim tables = new PublishedDdim(base, steps, eta);
    DdimSchedule schedule = tables.schedule();
    int size = replay.golden().shape(name.group())[0];
    switch (name.group(3)) {
      case "network_timesteps" ->
          replay.check(name.group(), IntStream.range(0, steps).map(schedule::timestep).toArray());
      case "table_timesteps" -> replay.check(name.group(), tables.tableTimesteps(size));
      case "ddim_sigmas" -> column(replay, name, doubles(size, tables::sigma));
      case "ddim_alphas" -> column(replay, name, doubles(size, tables::alpha));
      case "ddim_alphas_prev" -> column(replay, name, doubles(size, tables::alphaPrev));
      case "ddim_sqrt_one_minus_alphas" ->
          column(replay, name, doubles(size, tables::sqrtOneMinusAlpha));
      default -> replay.omit(name.group(), "no table of this name");
    }
  }

  private static void column(Replay replay, Matcher name, double[] ours) {
    replay.check(name.group(), ours, Tolerance.EXACT);
  }

  private static double[] doubles(int size, IntToDoubleFunction value) {
    return IntStream.range(0, size).mapToDouble(value).toArray();
  }
}
