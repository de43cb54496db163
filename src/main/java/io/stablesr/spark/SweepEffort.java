package io.stablesr.spark;

import com.typesafe.config.Config;
import io.stablesr.job.SettingsReader;
import io.stablesr.restore.CostModel;
import io.stablesr.restore.UpscaleOptions;
import io.stablesr.restore.UpscalerFactory;
import io.stablesr.sweep.SweepSummary;
import java.util.Map;

/**
 * What the pictures of a configuration take of networks, whatever the machine.
 *
 * @param costs of the model
 * @param options how pictures are restored
 */
record SweepEffort(CostModel costs, UpscaleOptions options) {
  private static final double FLOPS_PER_GIGAMAC = 2e9;

  /** Whatever heap a machine has: what is counted must not depend on it. */
  static SweepEffort of(UpscalerFactory factory, Config settings) {
    return new SweepEffort(
        factory.costs(SettingsReader.model(settings), Long.MAX_VALUE),
        SettingsReader.upscale(settings));
  }

  /** The columns of a picture; none for engines without networks. */
  Map<String, Double> columns(int inputWidth, int inputHeight) {
    if (costs.parameters() == 0) {
      return Map.of();
    }
    return Map.of(
        SweepSummary.MILLION_PARAMETERS,
        costs.parameters() / 1e6,
        SweepSummary.GIGAMACS,
        costs.cost(inputWidth, inputHeight, options).flops() / FLOPS_PER_GIGAMAC);
  }
}
