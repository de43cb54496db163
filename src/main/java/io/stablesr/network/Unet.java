package io.stablesr.network;

import io.stablesr.graph.Scope;
import io.stablesr.graph.Symbol;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The UNet of Stable Diffusion 2.1 whose residual blocks are modulated by the structural condition
 * (paper section 3.1; SFT layers, stored under the name {@code spade}).
 */
public final class Unet {
  /** Where its weights stand in the official checkpoint. */
  public static final Scope SCOPE = new Scope("model.diffusion_model");

  private final UnetConfig config;

  /** A UNet of the given architecture. */
  public Unet(UnetConfig config) {
    this.config = config;
  }

  /**
   * Records the network.
   *
   * @param latent noisy latent {@code [N,4,h,w]}
   * @param timesteps original timesteps {@code [N]} or {@code [1]}, 0..999
   * @param context text context {@code [N,L,contextWidth]}
   * @param condition one map per level, largest first
   * @return raw prediction {@code [N,4,h,w]}
   */
  public Symbol record(Symbol latent, Symbol timesteps, Symbol context, List<Symbol> condition) {
    Run run = run(timesteps, context, condition);
    Deque<Symbol> skips = new ArrayDeque<>();
    Symbol x = down(latent, run, skips, config.upBlocks());
    x = middle(x, run);
    return out(up(x, run, skips, config.upBlocks()));
  }

  /**
   * Records only the last up blocks and the down blocks that they are connected to.
   *
   * @param blocks up blocks, 1..{@link UnetConfig#upBlocks}
   * @param entering what enters the first of them, named {@link #entering} in {@link #record}:
   *     {@code [N,C,h/2^k,w/2^k]}
   * @param condition one map per level of these blocks, largest first
   * @return raw prediction {@code [N,4,h,w]}
   */
  public Symbol recordShallow(
      int blocks,
      Symbol latent,
      Symbol timesteps,
      Symbol context,
      List<Symbol> condition,
      Symbol entering) {
    Run run = run(timesteps, context, condition);
    Deque<Symbol> skips = new ArrayDeque<>();
    down(latent, run, skips, blocks);
    return out(up(entering, run, skips, blocks));
  }

  /** Name of the tensor that enters the last {@code blocks} up blocks. */
  public String entering(int blocks) {
    int before = config.upBlocks() - blocks;
    return before == 0
        ? SCOPE.at("middle_block").prefix()
        : SCOPE.at("output_blocks").at(before - 1).prefix();
  }

  private Run run(Symbol timesteps, Symbol context, List<Symbol> condition) {
    return new Run(
        DiffusionBlocks.timeEmbedding(SCOPE.at("time_embed"), timesteps, config.modelChannels()),
        context,
        condition);
  }

  private Symbol out(Symbol x) {
    return x.groupNorm(SCOPE.at("out.0"), config.normGroups(), DiffusionBlocks.EPSILON)
        .silu()
        .conv3x3(SCOPE.at("out.2"), config.latentChannels())
        .named(SCOPE.at("out").prefix());
  }

  /** Pushes the outputs of the first {@code count} blocks, and returns that of the last. */
  private Symbol down(Symbol latent, Run run, Deque<Symbol> skips, int count) {
    Scope blocks = SCOPE.at("input_blocks");
    int index = 0;
    Symbol x = latent.conv3x3(blocks.at(index++).at(0), config.modelChannels());
    skips.push(x.named(blocks.at(0).prefix()));
    for (int level = 0; level < config.levels(); level++) {
      for (int block = 0; block < config.residualBlocks() && index < count; block++) {
        Scope scope = blocks.at(index++);
        x = residual(scope.at(0), x, run, level);
        if (config.attends(level)) {
          x = DiffusionBlocks.transformer(scope.at(1), x, run.context, config);
        }
        skips.push(x.named(scope.prefix()));
      }
      if (level < config.levels() - 1 && index < count) {
        Scope scope = blocks.at(index++);
        x = DiffusionBlocks.downsample(scope.at(0), x);
        skips.push(x.named(scope.prefix()));
      }
    }
    return x;
  }

  private Symbol middle(Symbol x, Run run) {
    Scope scope = SCOPE.at("middle_block");
    int level = config.levels() - 1;
    Symbol h = residual(scope.at(0), x, run, level);
    h = DiffusionBlocks.transformer(scope.at(1), h, run.context, config);
    return residual(scope.at(2), h, run, level).named(scope.prefix());
  }

  /** Records the last {@code count} blocks. */
  private Symbol up(Symbol entering, Run run, Deque<Symbol> skips, int count) {
    Scope blocks = SCOPE.at("output_blocks");
    Symbol x = entering;
    for (int fromOutput = count - 1; fromOutput >= 0; fromOutput--) {
      int level = config.upLevel(fromOutput);
      Scope scope = blocks.at(config.upBlocks() - 1 - fromOutput);
      int part = 0;
      x = residual(scope.at(part++), x.concatChannels(skips.pop()), run, level);
      if (config.attends(level)) {
        x = DiffusionBlocks.transformer(scope.at(part++), x, run.context, config);
      }
      if (level > 0 && config.upLevel(fromOutput - 1) < level) {
        x = x.upsampleNearest().conv3x3(scope.at(part).at("conv"), x.channels());
      }
      x.named(scope.prefix());
    }
    return x;
  }

  /** A residual block whose branch is modulated after its second convolution. */
  private Symbol residual(Scope scope, Symbol x, Run run, int level) {
    int channels = config.channels(level);
    int groups = config.normGroups();
    Symbol branch = DiffusionBlocks.residualBranch(scope, x, run.time, channels, groups);
    branch = modulate(scope.at("spade"), branch, run.condition.get(level));
    return DiffusionBlocks.skip(scope, x, channels).plus(branch).named(scope.prefix());
  }

  private Symbol modulate(Scope scope, Symbol h, Symbol map) {
    Symbol hidden =
        map.conv3x3(scope.at("mlp_shared.0"), config.modulationHidden())
            .relu()
            .named(scope.at("mlp_shared").prefix());
    Symbol gamma = hidden.conv3x3(scope.at("mlp_gamma"), h.channels());
    Symbol beta = hidden.conv3x3(scope.at("mlp_beta"), h.channels());
    return h.groupNorm(scope.at("param_free_norm"), config.normGroups(), DiffusionBlocks.EPSILON)
        .modulate(gamma, beta)
        .named(scope.prefix());
  }

  /** What every block of one recording sees. */
  private record Run(Symbol time, Symbol context, List<Symbol> condition) {}
}
