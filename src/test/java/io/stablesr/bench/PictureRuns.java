package io.stablesr.bench;

import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.LatentRequest;
import io.stablesr.diffusion.LatentSampler;
import io.stablesr.diffusion.NoiseSchedule;
import io.stablesr.diffusion.Parameterization;
import io.stablesr.diffusion.PhiloxNoise;
import io.stablesr.diffusion.SamplerKind;
import io.stablesr.diffusion.SamplingListener;
import io.stablesr.diffusion.SamplingOptions;
import io.stablesr.diffusion.TilePredictor;
import io.stablesr.diffusion.TimestepSpacing;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.CompiledNetwork;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.restore.ModelBundle;
import io.stablesr.restore.ModelDescription;
import io.stablesr.testing.SamplingSetup;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Sampling with the embedded model, in fp32 as stored. */
final class PictureRuns implements AutoCloseable {
  private static final String NAME = "stablesr-mini";
  private static final int SIDE = 64;
  private static final int SMALL_SIDE = 32;
  private static final int TILES = 4;

  private final TensorEngine engine;
  private final ModelDescription model;
  private final Path file;
  private final Checkpoint weights;
  private final CompiledNetwork denoiser;

  PictureRuns(TensorEngine engine) throws IOException {
    this.engine = engine;
    this.file = Files.createTempFile("quick-benchmark", ".safetensors");
    this.model = ModelBundle.open(NAME, file.resolveSibling(NAME)).description();
    try (InputStream stored =
        PictureRuns.class.getResourceAsStream("/models/%s/diffusion.safetensors".formatted(NAME))) {
      Files.copy(stored, file, StandardCopyOption.REPLACE_EXISTING);
    }
    this.weights = Checkpoint.open(file);
    this.denoiser =
        engine.compile(
            new Graphs(model.architecture()).denoiser(Extent.TILE),
            Weights.of(weights),
            CompileOptions.EXACT);
  }

  /** A latent of 64x64, sampled with as many steps as published and with few. */
  Map<String, Runnable> samplers() {
    Map<String, Runnable> work = new LinkedHashMap<>();
    work.put("ddpm", () -> sample(SamplingSetup.of(SamplerKind.DDPM, 200).options()));
    work.put(
        "solver",
        () ->
            sample(
                SamplingSetup.of(SamplerKind.DPM_SOLVER, 20)
                    .spacing(TimestepSpacing.LOG_SNR)
                    .options()));
    return work;
  }

  /** Small tiles in one call, and in a call each. */
  Map<String, Runnable> batches() {
    FloatTensor all = normal(TILES, SMALL_SIDE);
    FloatTensor one = normal(1, SMALL_SIDE);
    Map<String, Runnable> work = new LinkedHashMap<>();
    work.put("batched", () -> evaluate(all, all, 500));
    work.put(
        "single",
        () -> {
          for (int i = 0; i < TILES; i++) {
            evaluate(one, one, 500);
          }
        });
    return work;
  }

  private void sample(SamplingOptions options) {
    TilePredictor network = (x, zLr, timestep, branches) -> List.of(evaluate(x, zLr, timestep));
    Parameterization parameterization = model.parameterization();
    new LatentSampler(
            NoiseSchedule.stableDiffusion(), parameterization, model.tileLatents(), network)
        .sample(
            LatentRequest.of(normal(1, SIDE), options, new PhiloxNoise(1, "quick")),
            SamplingListener.NONE);
  }

  private FloatTensor evaluate(FloatTensor x, FloatTensor zLr, int timestep) {
    int width = model.architecture().unet().contextWidth();
    try (TensorScope scope = engine.scope()) {
      Map<String, DeviceTensor> inputs =
          Map.of(
              "x", scope.upload(x),
              "z", scope.upload(zLr),
              "t", scope.upload(new float[] {timestep}, 1),
              "context", scope.upload(FloatTensor.zeros(1, 1, width)));
      return denoiser.run(scope, inputs).get("out").download();
    }
  }

  private FloatTensor normal(int count, int side) {
    int channels = model.architecture().unet().latentChannels();
    FloatTensor tensor = FloatTensor.zeros(count, channels, side, side);
    Random random = new Random(1);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.data()[i] = (float) random.nextGaussian();
    }
    return tensor;
  }

  @Override
  public void close() {
    denoiser.close();
    weights.close();
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
