package io.stablesr.network;

import io.stablesr.graph.Op;
import io.stablesr.graph.ParameterSpec;
import io.stablesr.graph.Recorder;
import io.stablesr.graph.Scope;
import io.stablesr.graph.Symbol;
import java.util.List;

/** The OpenCLIP text tower up to its penultimate layer, followed by the final normalisation. */
public final class TextEncoder {
  /** Where its weights stand in the official checkpoint. */
  public static final Scope SCOPE = new Scope("cond_stage_model.model");

  private final TextEncoderConfig config;
  private final Scope scope;
  private final Op.Function activation;

  /** A text tower of the given architecture. */
  public TextEncoder(TextEncoderConfig config) {
    this(config, SCOPE, Op.Function.GELU);
  }

  /**
   * A text tower whose weights stand elsewhere.
   *
   * @param scope where
   * @param activation {@code QUICK_GELU} for the weights that OpenAI trained
   */
  public TextEncoder(TextEncoderConfig config, Scope scope, Op.Function activation) {
    this.config = config;
    this.scope = scope;
    this.activation = activation;
  }

  /**
   * Records the tower up to {@code layers} layers; the context of StableSR is {@code
   * config.layers() - 1}.
   *
   * @param tokens ids {@code [N,contextLength]}
   * @return context {@code [N,contextLength,width]}
   */
  public Symbol record(Recorder recorder, Symbol tokens, int layers) {
    Symbol x =
        tokens
            .embedding(scope.at("token_embedding"), config.vocabulary(), config.width())
            .plus(
                recorder.parameter(
                    scope.key("positional_embedding"), config.contextLength(), config.width()));
    for (int layer = 0; layer < layers; layer++) {
      x = block(scope.at("transformer.resblocks").at(layer), x);
    }
    return x.layerNorm(scope.at("ln_final"));
  }

  private Symbol block(Scope block, Symbol x) {
    int width = config.width();
    Scope attn = block.at("attn");
    Symbol packed =
        x.layerNorm(block.at("ln_1"))
            .linear(
                attn.at("in_proj"),
                new ParameterSpec(attn.key("in_proj_weight"), List.of(3 * width, width)),
                List.of(new ParameterSpec(attn.key("in_proj_bias"), List.of(3 * width))));
    Symbol attended =
        packed
            .chunk(0, 3)
            .attend(packed.chunk(1, 3), packed.chunk(2, 3), config.heads(), Op.Mask.CAUSAL)
            .linear(attn.at("out_proj"), width);
    Symbol h = x.plus(attended);
    Symbol forward =
        h.layerNorm(block.at("ln_2"))
            .linear(block.at("mlp.c_fc"), 4 * width)
            .elementwise(activation)
            .linear(block.at("mlp.c_proj"), width);
    return h.plus(forward);
  }
}
