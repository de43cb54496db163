package io.stablesr.metric;

import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.CompiledNetwork;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.network.MultiScaleTransformer;
import java.util.Map;

/**
 * MUSIQ (Ke et al. 2021): a transformer over patches of a picture at its own size and at two
 * smaller ones; 0 to 100 with the published weights, higher is better.
 */
public final class Musiq implements PictureMetric, AutoCloseable {
  private final TensorEngine engine;
  private final CompiledNetwork stem;
  private final CompiledNetwork transformer;
  private final float[] positions;
  private final float[] scales;

  /**
   * @param engine stays open as long as this
   * @param weights the flat state dict of IQA-PyTorch ({@code conv_root.weight}, ...)
   * @throws io.stablesr.core.StableSrException CHECKPOINT_KEYS where a weight is missing or has
   *     another shape
   */
  public Musiq(TensorEngine engine, Weights weights) {
    this.engine = engine;
    this.positions =
        weights.get("transformer_encoder.posembed_input.position_emb").toFloats().data();
    this.scales = weights.get("transformer_encoder.scaleembed_input.scale_emb").toFloats().data();
    this.stem = engine.compile(MultiScaleTransformer.stem(), weights, CompileOptions.EXACT);
    this.transformer =
        engine.compile(MultiScaleTransformer.transformer(), weights, CompileOptions.EXACT);
  }

  @Override
  public double score(FloatTensor picture) {
    MusiqPatches patches = MusiqPatches.of(picture);
    int count = patches.count();
    try (TensorScope scope = engine.scope()) {
      DeviceTensor pixels = scope.upload(patches.pixels());
      FloatTensor tokens = stem.run(scope, Map.of("patches", pixels)).get("tokens").download();
      FloatTensor flat = tokens.reshape(1, count, MultiScaleTransformer.STEM_VALUES);
      return transformer
          .run(
              scope, Map.of("patches", scope.upload(flat), "places", scope.upload(places(patches))))
          .get("scores")
          .download()
          .data()[0];
    }
  }

  /** What a token is told of its place and of its picture's size, {@code [1,L,384]}. */
  private FloatTensor places(MusiqPatches patches) {
    int width = MultiScaleTransformer.WIDTH;
    FloatTensor places = FloatTensor.zeros(1, patches.count(), width);
    for (int i = 0; i < places.size(); i++) {
      int token = i / width;
      int channel = i % width;
      places.data()[i] =
          positions[patches.places()[token] * width + channel]
              + scales[patches.scales()[token] * width + channel];
    }
    return places;
  }

  @Override
  public void close() {
    stem.close();
    transformer.close();
  }
}
