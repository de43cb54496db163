package io.stablesr.restore.faces;

import io.stablesr.checkpoint.Weights;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.CompiledNetwork;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.Precision;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.network.CodeFormer;
import io.stablesr.network.CodeFormer.Fusion;
import java.util.HashMap;
import java.util.Map;

/** Restores faces by {@link CodeFormer}, in fp32. */
public final class CodeFormerRestorer implements FaceRestorer, AutoCloseable {
  private final TensorEngine engine;
  private final Codebook codebook;
  private final CompiledNetwork encoder;
  private final CompiledNetwork plainGenerator;
  private final CompiledNetwork fusingGenerator;

  /**
   * A restorer.
   *
   * @param engine stays open as long as this
   * @param weights under the official keys
   * @throws StableSrException CHECKPOINT_KEYS where a weight is missing or has another shape
   */
  public CodeFormerRestorer(TensorEngine engine, Weights weights) {
    this.engine = engine;
    this.codebook = new Codebook(weights);
    CompileOptions options = engine.recommended(Precision.FP32);
    this.encoder = engine.compile(CodeFormer.encoder(), weights, options);
    this.plainGenerator = engine.compile(CodeFormer.generator(Fusion.NONE), weights, options);
    this.fusingGenerator = engine.compile(CodeFormer.generator(Fusion.FEATURES), weights, options);
  }

  @Override
  public FloatTensor restore(FloatTensor face, double fidelity) {
    int pixels = CodeFormer.PIXELS;
    try (TensorScope scope = engine.scope()) {
      FloatTensor signed = scaled(face, 2, -1).reshape(1, 3, pixels, pixels);
      Map<String, DeviceTensor> inputs =
          new HashMap<>(encoder.run(scope, Map.of("picture", scope.upload(signed))));
      int[] codes = Codebook.likeliest(inputs.get("logits").download());
      FloatTensor map = codebook.map(codes, inputs.get("lq_feat").download());
      inputs.put("codes", scope.upload(map));
      inputs.put("w", scope.upload(new float[] {(float) fidelity}, 1));
      CompiledNetwork generator = fidelity > 0 ? fusingGenerator : plainGenerator;
      FloatTensor picture = generator.run(scope, inputs).get("picture").download();
      requireFinite(picture);
      return scaled(picture, 0.5f, 0.5f).reshape(3, pixels, pixels);
    }
  }

  private static void requireFinite(FloatTensor picture) {
    for (float value : picture.data()) {
      if (!Float.isFinite(value)) {
        throw new StableSrException(
            ErrorCode.NOT_FINITE,
            "The restored face holds %s; check the file faces.restorer.".formatted(value));
      }
    }
  }

  /** {@code factor * value + offset}, kept in the range of its pictures. */
  private static FloatTensor scaled(FloatTensor picture, float factor, float offset) {
    FloatTensor result = picture.copy();
    float least = Math.min(offset, 0);
    for (int i = 0; i < result.size(); i++) {
      result.data()[i] = Math.max(least, Math.min(1, factor * result.data()[i] + offset));
    }
    return result;
  }

  @Override
  public void close() {
    encoder.close();
    plainGenerator.close();
    fusingGenerator.close();
  }
}
