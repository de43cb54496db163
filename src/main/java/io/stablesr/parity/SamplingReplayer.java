package io.stablesr.parity;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.DdimTables;
import io.stablesr.diffusion.DeepCache;
import io.stablesr.diffusion.FlatTiles;
import io.stablesr.diffusion.GaussianCentre;
import io.stablesr.diffusion.GuidanceInterval;
import io.stablesr.diffusion.NoiseSchedule;
import io.stablesr.diffusion.Parameterization;
import io.stablesr.diffusion.ReferenceGuidance;
import io.stablesr.diffusion.SamplerKind;
import io.stablesr.diffusion.SamplingOptions;
import io.stablesr.diffusion.StartPoint;
import io.stablesr.diffusion.TimestepSpacing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * 07, 08 and 09: complete sampling runs with the recorded noise. The tensors tell DDPM from DDIM
 * and what x_T is made of, the metadata tell the rest.
 */
final class SamplingReplayer implements Replayer {
  private static final String Z = "struct_cond_latent";

  @Override
  public void replay(Path file, Replay replay) {
    Golden golden = replay.golden();
    boolean ddim = golden.has("network_timesteps");
    int steps =
        golden
            .shape(
                ddim ? "network_timesteps" : golden.has("timesteps") ? "timesteps" : "step_noise")[
            0];
    boolean blended = golden.has("x_T_noise");
    FloatTensor zLr = replay.input(Z);
    Optional<JsonObject> canvas = object(golden, "canvas");
    SamplingOptions options =
        new SamplingOptions(
            ddim ? SamplerKind.DDIM : SamplerKind.DDPM,
            steps,
            golden.metadata("eta").map(Double::parseDouble).orElse(0.0),
            blended ? StartPoint.LR_LATENT : StartPoint.PURE_NOISE,
            replay.networks().schedule().size() - 1,
            golden.metadata("cfg_scale").map(Double::parseDouble).orElse(1.0),
            canvas.map(json -> json.get("tile_overlap").getAsInt()).orElse(0),
            // Without tiles the whole batch is one evaluation, so contexts meet their images.
            canvas.isPresent()
                ? golden.metadata("tile_batch").map(Integer::parseInt).orElse(1)
                : zLr.dim(0),
            DdimTables.PUBLISHED,
            GaussianCentre.PUBLISHED,
            TimestepSpacing.LINSPACE,
            DeepCache.OFF,
            GuidanceInterval.ALL,
            FlatTiles.OFF);
    checkTimesteps(replay, options);
    if (blended && golden.has("x_T")) {
      FloatTensor start =
          replay
              .networks()
              .schedule()
              .noised(zLr, replay.input("x_T_noise"), options.startTimestep());
      replay.check("x_T", start, replay.tolerances().arithmetic());
    }
    RecordedRun run =
        new RecordedRun(
            replay.networks(),
            golden.metadata("parameterization").orElse("eps").equals("v")
                ? new Parameterization.V()
                : new Parameterization.Eps(),
            canvas
                .map(json -> json.get("tile_size").getAsInt())
                .orElse(Math.max(zLr.dim(2), zLr.dim(3))),
            replay.input("context"),
            golden.has("negative_context")
                ? Optional.of(replay.input("negative_context"))
                : Optional.empty());
    List<FloatTensor> draws = new ArrayList<>();
    draws.add(replay.input(blended ? "x_T_noise" : "x_T"));
    draws.addAll(Slices.split(replay.input("step_noise")));
    compare(replay, run.sample(zLr, options, draws, reference(replay)));
  }

  private static void compare(Replay replay, RecordedRun.Trajectory trajectory) {
    Tolerance tolerance = replay.tolerances().sampler();
    compareSteps(replay, "x_after_step", trajectory.latents(), tolerance);
    compareSteps(replay, "pred_x0", trajectory.predictions(), tolerance);
    if (replay.golden().has("final")) {
      replay.check("final", trajectory.result(), tolerance);
    }
  }

  private static void compareSteps(
      Replay replay, String name, List<FloatTensor> ours, Tolerance tolerance) {
    if (!replay.golden().has(name)) {
      return;
    }
    List<FloatTensor> recorded = Slices.split(replay.input(name));
    if (recorded.size() != ours.size() || !recorded.get(0).sameShape(ours.get(0))) {
      replay.fail(name, tolerance, "recorded is another number or shape of steps");
      return;
    }
    for (int k = 0; k < ours.size(); k++) {
      replay.check("%s[%d]".formatted(name, k), ours.get(k), recorded.get(k), tolerance);
    }
  }

  private static void checkTimesteps(Replay replay, SamplingOptions options) {
    Golden golden = replay.golden();
    NoiseSchedule schedule = replay.networks().schedule();
    if (golden.has("timesteps")) {
      replay.check(
          "timesteps",
          TimestepSpacing.LINSPACE.timesteps(schedule, options.steps(), options.startTimestep()));
    }
    if (golden.has("network_timesteps")) {
      PublishedDdim tables = new PublishedDdim(schedule, options.steps(), options.eta());
      replay.check(
          "network_timesteps",
          IntStream.range(0, options.steps()).map(tables.schedule()::timestep).toArray());
      if (golden.has("table_timesteps")) {
        int size = golden.shape("table_timesteps")[0];
        replay.check("table_timesteps", tables.tableTimesteps(size));
      }
    }
  }

  private static Optional<ReferenceGuidance> reference(Replay replay) {
    if (!replay.golden().has("reference_sr")) {
      return Optional.empty();
    }
    JsonObject json = object(replay.golden(), "reference").orElseThrow();
    JsonArray range = json.getAsJsonArray("reference_range");
    FloatTensor reference = replay.input("reference_sr");
    return Optional.of(
        new ReferenceGuidance(
            reference,
            json.get("reference_lr").getAsDouble(),
            json.get("reference_step").getAsInt(),
            range.get(0).getAsInt(),
            range.get(1).getAsInt(),
            reference.dim(0)));
  }

  private static Optional<JsonObject> object(Golden golden, String key) {
    return golden.metadata(key).map(text -> JsonParser.parseString(text).getAsJsonObject());
  }
}
